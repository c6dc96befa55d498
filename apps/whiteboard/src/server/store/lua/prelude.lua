-- What happens to one board inside Redis, each in one step that nothing can come between. KEYS, all with the board's hash tag, so that they
-- are in one slot of a cluster:
--
-- - `meta`: a hash of `epoch`, `seq`, `token` (the position), `first` (the number at which the epoch began), `points` (on the board) and
--   `logged` (characters in the log)
-- - `items`: a hash of item id to "Z POINTS LAST MARK COLOR WIDTH"; LAST is the number of its last piece of points, MARK `!` or `-`
-- - `points`: a hash of "ID/PIECE" to text: in pieces, so that a few more points of a long stroke do not write all of it again
-- - `log`: a list of the newest entries [W8]; the last of an append ends with its token
-- - `clients`, `recent`: a hash of client to its newest number, and the clients in the order of their last appends
--
-- ARGV 1 to 10: the channel, the published message up to its numbers and after them, an epoch for when a new one is needed, the position that
-- the pod has followed, milliseconds that the board is kept without use once something was drawn on it and before, and whether it may be made.
--
-- A store that is not on from what a pod has seen (it was restarted from an older copy) goes on under a new epoch, since its numbers are given
-- a second time. So it does, empty, when its items or their points are gone. False: the board is not there and may not be made.
local meta, items, points, log, clients, recent = unpack(KEYS)
local channel, messageStart, messageEnd, newEpoch = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local drawnTtl, emptyTtl, mayMake = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local stored = redis.call('HMGET', meta, 'epoch', 'seq', 'token', 'points', 'logged', 'first')
local epoch, seq, token = stored[1], tonumber(stored[2] or '0'), stored[3] or ''
local pointCount, logged, first = tonumber(stored[4] or '0'), tonumber(stored[5] or '0'), tonumber(stored[6] or '-1')
if not epoch and not mayMake then return false end
-- To a channel that nobody hears: where publishing is not allowed, or not known, nothing is written.
redis.call('SPUBLISH', channel .. ':nobody', '')

-- Whether the board went on from a position; nil where the log does not say.
local function isPast(knownEpoch, knownSeq, knownToken)
  knownSeq = tonumber(knownSeq)
  if knownEpoch ~= epoch or knownSeq > seq then return false end
  if knownSeq == seq then return knownToken == token end
  local named = (redis.call('LINDEX', log, knownSeq - seq - 1) or ''):match('@(.*)$')
  if knownSeq == first then named = epoch:sub(1, 4) end
  if named then return named == knownToken end
end

-- Tells all pods where the board is, with the entries that brought it there.
local function publish(firstSeq, text, previous)
  local position = string.format('{"log":"%s %s %s %d",', epoch, previous, token, seq)
  redis.call('SPUBLISH', channel, string.format('%s%s%d,"%s",%d%s', position, messageStart, firstSeq, text, seq, messageEnd))
end

local function beginEpoch()
  local isNew = not epoch
  epoch, token, first, logged = newEpoch, newEpoch:sub(1, 4), seq, 0
  redis.call('HSET', meta, 'epoch', epoch, 'seq', seq, 'token', token, 'points', pointCount, 'logged', 0, 'first', seq)
  redis.call('DEL', log)
  if not isNew then return publish(seq + 1, '', token) end
  -- The keys of a board that is forgotten do not expire in the same moment: nothing of it comes back.
  redis.call('DEL', items, points, clients, recent)
end

if not epoch or (ARGV[5] == epoch and isPast(ARGV[5], ARGV[6], ARGV[7]) == false) then beginEpoch() end
local kept = redis.call('EXISTS', items, points)
if kept == 1 or (kept == 0 and pointCount > 0) then
  pointCount = 0
  redis.call('DEL', items, points)
  beginEpoch()
end

-- Keeps the board for its time from now on; not so exactly that each use would have to be written.
local function touch()
  local ttl = seq > 0 and drawnTtl or emptyTtl
  for _, key in ipairs(KEYS) do
    local left = redis.call('PTTL', key)
    if left ~= -2 and left < ttl * 0.99 then redis.call('PEXPIRE', key, ttl) end
  end
end
