-- Admits a board to the list of all. KEYS: the list, a sorted set of board to when it may be forgotten, in milliseconds since 1970. ARGV: the board, milliseconds that it is kept from now on, most boards.
-- Returns 1, or 0 when there are that many others.
local list, board, ttl, max = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', list, '-inf', now)
if not redis.call('ZSCORE', list, board) and redis.call('ZCARD', list) >= max then return 0 end
redis.call('ZADD', list, now + ttl, board)
return 1
