-- Stands before each script. ARGV 1 to 5: channel, random text, epoch, revision and token that the caller knows.
-- KEYS: hash of epoch, revision, token; hash of id to "REVISION AT VALUE"; sorted set of the newest batches' tokens.
local meta, values, tokens = KEYS[1], KEYS[2], KEYS[3]
local channel, random = ARGV[1], ARGV[2]
local known = { epoch = ARGV[3], revision = tonumber(ARGV[4]), token = ARGV[5] }
local stored = redis.call('HMGET', meta, 'epoch', 'revision', 'token')
local epoch, revision, token = stored[1], tonumber(stored[2] or '0'), stored[3]

local MAX_TOKENS = 512

-- Changes nothing but to make room for a token: what can be refused (full memory, a read-only server, a user without
-- the rights, Redis 6) is refused before anything is written.
local function requireWrites()
  redis.call('SPUBLISH', channel .. ':nobody', '')
  redis.call('HSET', meta, 'revision', revision)
  redis.call('ZADD', tokens, 'XX', 0, '')
  redis.call('ZREMRANGEBYRANK', tokens, 0, -MAX_TOKENS)
end

-- Whether the store fell back, so that it does not hold the caller's position. One older than all tokens is believed.
local function isFork()
  if epoch ~= known.epoch or redis.call('ZSCORE', tokens, known.token) then return false end
  local oldest = redis.call('ZRANGE', tokens, 0, 0, 'WITHSCORES')[2]
  return oldest and known.revision >= tonumber(oldest)
end

-- A fork gives revisions twice, so it gets a new epoch. What a version without tokens has appended gets a token.
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
