-- ARGV 6: the marker. Publishes it with the position, so that whoever hears it knows whether something is missing.
redis.call('SPUBLISH', channel, string.format('m %s %d %s ', epoch, revision, token) .. ARGV[6])
return {epoch, revision, token}
