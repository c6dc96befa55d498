-- Stands before each of the scripts, which nothing can come between.
-- KEYS: meta, a hash of epoch, revision and token; values, a hash of id to "REVISION AT VALUE"; tokens, a sorted set of the newest batches' tokens by their
-- last revisions. They share the channel's hash tag, so that all are in one slot of a cluster.
-- ARGV 1 to 5: the channel, a random text, and the epoch, revision and token of the position that the caller knows.
local meta, values, tokens = KEYS[1], KEYS[2], KEYS[3]
local channel, random = ARGV[1], ARGV[2]
local known = { epoch = ARGV[3], revision = tonumber(ARGV[4]), token = ARGV[5] }
local stored = redis.call('HMGET', meta, 'epoch', 'revision', 'token')
local epoch, revision, token = stored[1], tonumber(stored[2] or '0'), stored[3]

-- Does what changes nothing, so that what can be refused is refused before anything is changed: full memory, a server that takes no writes, commands and
-- channels that the user may not use, or that an older Redis does not have.
local function requireWrites()
  redis.call('SPUBLISH', channel .. ':nobody', '')
  redis.call('HSET', meta, 'revision', revision)
  redis.call('ZADD', tokens, 'XX', 0, '')
  redis.call('ZREMRANGEBYRANK', tokens, 1, 0)
end

-- Whether the store fell back to an older copy, so that it does not hold the caller's position. One that is older than all tokens is believed.
local function isFork()
  if epoch ~= known.epoch or redis.call('ZSCORE', tokens, known.token) then return false end
  local oldest = redis.call('ZRANGE', tokens, 0, 0, 'WITHSCORES')[2]
  return oldest and known.revision >= tonumber(oldest)
end

-- A fork gives revisions a second time, so it goes on under a new epoch. What a version without tokens has appended gets one.
local isNew = not epoch or isFork()
if isNew or tonumber(redis.call('ZSCORE', tokens, token or '') or -1) ~= revision then
  requireWrites()
  if isNew then
    epoch = random
    redis.call('ZREMRANGEBYRANK', tokens, 0, -1)
  end
  token = random .. ':begin'
  redis.call('HSET', meta, 'epoch', epoch, 'token', token)
  redis.call('ZADD', tokens, revision, token)
end
