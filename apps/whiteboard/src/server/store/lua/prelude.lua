-- Stands before each script of a board. A store that is not on from the position that the pod has followed, as after a
-- restart from an older copy, goes on under a new epoch: it gives numbers a second time.
local meta = KEYS[1] -- a hash: position and numbers of the board
local items = KEYS[2] -- a hash of item id to "Z POINTS LAST MARK COLOR WIDTH"; LAST: its last piece; MARK: `!` or `-`
local points = KEYS[3] -- a hash of "ID/PIECE" to text: in pieces, so that more points do not write all of a stroke again
local log = KEYS[4] -- a list of the newest entries [W8]; the last of an append ends with its token
local clients = KEYS[5] -- a hash of client to its newest number
local recent = KEYS[6] -- a sorted set of the clients, by the number of their last append
local channel = ARGV[1]
local messageStart, messageEnd = ARGV[2], ARGV[3] -- what is published before its numbers, and after them
local newEpoch = ARGV[4] -- for when one is needed
local known = {epoch = ARGV[5], seq = ARGV[6], token = ARGV[7]} -- how far the pod has followed the board
local drawnTtlMs, emptyTtlMs = tonumber(ARGV[8]), tonumber(ARGV[9]) -- kept without use, once it was drawn on, and before
local mayMake = ARGV[10] == '1'
-- `first` is the number at which the epoch began, `logged` how many characters the log has.
local stored = redis.call('HMGET', meta, 'epoch', 'seq', 'token', 'points', 'logged', 'first')
local epoch, seq, token = stored[1], tonumber(stored[2] or '0'), stored[3] or ''
local pointCount, logged, first = tonumber(stored[4] or '0'), tonumber(stored[5] or '0'), tonumber(stored[6] or '-1')
if not epoch and not mayMake then return false end
-- To a channel that nobody hears: where publishing is not allowed, or not known, nothing is written.
redis.call('SPUBLISH', channel .. ':nobody', '')

-- Whether the board went on from a position; nil where the log does not say.
local function isPast(position)
  local positionSeq = tonumber(position.seq)
  if position.epoch ~= epoch or positionSeq > seq then return false end
  if positionSeq == seq then return position.token == token end
  local named = (redis.call('LINDEX', log, positionSeq - seq - 1) or ''):match('@(.*)$')
  if positionSeq == first then named = epoch:sub(1, 4) end
  if named then return named == position.token end
end

-- Tells all pods where the board is, with the entries that brought it there.
local function publish(firstSeq, text, previous)
  local position = string.format('{"log":"%s %s %s %d",', epoch, previous, token, seq)
  redis.call('SPUBLISH', channel, string.format('%s%s%d,"%s",%d%s', position, messageStart, firstSeq, text, seq, messageEnd))
end

local function beginEpoch()
  local isNew = not epoch
  epoch, token = newEpoch, newEpoch:sub(1, 4)
  redis.call('HSET', meta, 'epoch', epoch, 'seq', seq, 'token', token, 'points', pointCount, 'first', seq)
  redis.call('DEL', log)
  if not isNew then return publish(seq + 1, '', token) end
  -- The keys of a board that is forgotten do not expire in the same moment: nothing of it comes back.
  redis.call('DEL', items, points, clients, recent)
end

if not epoch or (known.epoch == epoch and isPast(known) == false) then beginEpoch() end
-- Where the items or their points are gone, the board is empty from here on.
local kept = redis.call('EXISTS', items, points)
if kept == 1 or (kept == 0 and pointCount > 0) then
  pointCount = 0
  redis.call('DEL', items, points)
  beginEpoch()
end

-- Keeps the board for its time from now on; not so exactly that each use would have to be written.
local function touch()
  local ttlMs = seq > 0 and drawnTtlMs or emptyTtlMs
  for _, key in ipairs(KEYS) do
    local left = redis.call('PTTL', key)
    if left ~= -2 and left < ttlMs * 0.99 then redis.call('PEXPIRE', key, ttlMs) end
  end
end
