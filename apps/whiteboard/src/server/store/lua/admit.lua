-- Keeps a board on the list of all for some milliseconds from now on. Returns 0 when there are too many others, or 1.
local list = KEYS[1] -- a sorted set of board to when it may be forgotten, in milliseconds since 1970
local board, ttlMs, maxBoards = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', list, '-inf', now)
if not redis.call('ZSCORE', list, board) and redis.call('ZCARD', list) >= maxBoards then return 0 end
redis.call('ZADD', list, now + ttlMs, board)
return 1
