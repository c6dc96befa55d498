-- ARGV 6: most ids. 7: the updates as JSON. 8, 9 …: id and value of each. Returns the revision; -1 for too many ids.
local seen, size = {}, redis.call('HLEN', values)
for i = 8, #ARGV, 2 do
  local id = ARGV[i]
  if not seen[id] and redis.call('HEXISTS', values, id) == 0 then
    seen[id] = true
    size = size + 1
  end
end
if size > tonumber(ARGV[6]) then return -1 end

requireWrites()
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
local head = string.format('u %s %d %d %s %s ', epoch, revision + 1, at, token, random)
local fields = {}
for i = 8, #ARGV, 2 do
  revision = revision + 1
  fields[#fields + 1] = ARGV[i]
  fields[#fields + 1] = string.format('%d %d %s', revision, at, ARGV[i + 1])
end
redis.call('HSET', values, unpack(fields))
redis.call('HSET', meta, 'revision', revision, 'token', random)
redis.call('ZADD', tokens, revision, random)
redis.call('SPUBLISH', channel, head .. ARGV[7])
return revision
