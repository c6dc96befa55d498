-- Returns the position, the clients' newest numbers, the entries past `from` (false where the log does not reach back
-- to it), and with the whole board its two hashes.
local isWhole = ARGV[11] == '1'
local from = {epoch = ARGV[12], seq = ARGV[13], token = ARGV[14]} -- no epoch: nothing is wanted
local FIRST_CLIENT = 15
touch()
local clientSeqs = {}
for place = FIRST_CLIENT, #ARGV do clientSeqs[#clientSeqs + 1] = tonumber(redis.call('HGET', clients, ARGV[place]) or '0') end
local rest = false
local missed = seq - tonumber(from.seq)
if isPast(from) and missed <= redis.call('LLEN', log) then
  rest = missed > 0 and redis.call('LRANGE', log, -missed, -1) or {}
end
if not isWhole then return {epoch, seq, token, clientSeqs, rest} end
return {epoch, seq, token, clientSeqs, rest, redis.call('HGETALL', items), redis.call('HGETALL', points)}
