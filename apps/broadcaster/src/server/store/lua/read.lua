-- Returns the position, ids and values one after the other, and the tokens with their revisions.
return {epoch, revision, token, redis.call('HGETALL', values), redis.call('ZRANGE', tokens, 0, -1, 'WITHSCORES')}
