-- ARGV 6: the marker. Publishes it with the position, so that a follower notices what it has missed.
redis.call('SPUBLISH', channel, string.format('m %s %d %s ', epoch, revision, token) .. ARGV[6])
