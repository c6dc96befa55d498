-- ARGV 11: whether the whole board is wanted (1 or 0). 12 to 14: a position of which what follows is wanted; an empty epoch for none. 15 and
-- on: clients. Returns the position, the clients' newest numbers, the entries that follow, or false where the log does not lead there, and
-- with the whole board its two hashes.
touch()
local clientSeqs = {}
for place = 15, #ARGV do clientSeqs[#clientSeqs + 1] = tonumber(redis.call('HGET', clients, ARGV[place]) or '0') end
local rest = false
local missed = seq - tonumber(ARGV[13])
if isPast(ARGV[12], ARGV[13], ARGV[14]) and missed <= redis.call('LLEN', log) then
  rest = missed > 0 and redis.call('LRANGE', log, -missed, -1) or {}
end
if ARGV[11] ~= '1' then return {epoch, seq, token, clientSeqs, rest} end
return {epoch, seq, token, clientSeqs, rest, redis.call('HGETALL', items), redis.call('HGETALL', points)}
