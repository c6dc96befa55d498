/**
 * What happens to one board inside Redis, each in one step that nothing can come between. KEYS, all with the board's hash tag, so that they are in one slot of a cluster:
 *
 * - `meta`: a hash of `epoch`, `seq` (the newest sequence number), `points` (on the board) and `logged` (characters in the log)
 * - `items`: a hash of item id to "Z POINTS LAST MARK COLOR WIDTH"; LAST is the number of its last piece of points, MARK `!` or `-` for points with and without pressure
 * - `points`: a hash of "ID/PIECE" to text: a long stroke is kept in pieces, so that a few more points of it do not write all of it again
 * - `log`: a list of the newest operations as `encodeCommitted` writes each
 * - `clients`, `recent`: a hash of client to its newest number, and the clients in the order of their last commits
 *
 * ARGV 1 to 6 of each: an epoch for when a new one is needed, the epoch and sequence number that the caller has seen, milliseconds that the board is kept without use once something was drawn on it and
 * before, and whether it may be made (1 or 0). When the store has fallen behind what was seen (it was restarted from an older copy) the board goes on under a new epoch, because its sequence
 * numbers will be given a second time. So it does, with nothing on it, when its items or their points are gone (somebody took a key away, or Redis did that had no memory left). Each returns false for a board that is not there and may not be made.
 */
const PRELUDE = `
local meta, items, points, log, clients, recent = unpack(KEYS)
local newEpoch, seenEpoch, seenSeq = ARGV[1], ARGV[2], tonumber(ARGV[3])
local drawnTtl, emptyTtl, mayMake = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
local epoch = redis.call('HGET', meta, 'epoch')
local seq = tonumber(redis.call('HGET', meta, 'seq') or '0')
if not epoch and not mayMake then return false end
if not epoch or (epoch == seenEpoch and seq < seenSeq) then
  epoch = newEpoch
  redis.call('HSET', meta, 'epoch', epoch, 'seq', seq)
end
local kept = redis.call('EXISTS', items, points)
if kept == 1 or (kept == 0 and tonumber(redis.call('HGET', meta, 'points') or '0') > 0) then
  epoch = newEpoch
  redis.call('HSET', meta, 'epoch', epoch, 'seq', seq, 'points', 0)
  redis.call('DEL', items, points)
end

-- Keeps the board for its time from now on; not so exactly that each use would have to be written.
local function touch()
  local ttl = seq > 0 and drawnTtl or emptyTtl
  for _, key in ipairs(KEYS) do
    local left = redis.call('PTTL', key)
    if left ~= -2 and left < ttl * 0.99 then redis.call('PEXPIRE', key, ttl) end
  end
end
`;

/**
 * ARGV 7 to 12: most operations and characters in the log, most clients, most items, points of an item, points of the board. Then for each submission the client, its first number, how many operations, and each of
 * them as `encodeCommitted` writes it. Returns the epoch, the first sequence number, and for each submission the client's newest number, how many were repeats, and what refused the rest: empty, `gap`, `items`, `item-points` or
 * `board-points`.
 */
export const COMMIT = `${PRELUDE}
local PIECE = 1024
local maxLog, maxLogged, maxClients = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local maxItems, maxItemPoints, maxPoints = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
-- Where Redis is out of memory, or a key is not what it should be, this is what fails: later it could be between two steps that belong together.
redis.call('HSET', meta, 'seq', seq)
local size, length = redis.call('HLEN', items), redis.call('LLEN', log)
redis.call('HLEN', points)
redis.call('HLEN', clients)
redis.call('ZCARD', recent)
local pointCount = tonumber(redis.call('HGET', meta, 'points') or '0')
local logged = length > 0 and tonumber(redis.call('HGET', meta, 'logged') or '0') or 0
local reply = {epoch, seq + 1}

-- A number ends with a digit below 32; a point has two numbers, or three with its pressure.
local function countPoints(text, mark)
  return #(text:gsub('[g-z0-9_%-]', '')) / (mark == '!' and 3 or 2)
end

local function whole(id, client)
  return id:find('.', 1, true) and id or client .. '.' .. id
end

local function refusal(before, more)
  if before + more > maxItemPoints then return 'item-points' end
  if pointCount + more > maxPoints then return 'board-points' end
end

local function keep(id, z, count, last, mark, style)
  redis.call('HSET', items, id, string.format('%d %d %d %s %s', z, count, last, mark, style))
end

local function put(client, fields)
  local id, color, width, z, mark, text = fields:match('^([^,]*),(%x+),(%w+),(%w*),(!?)(.*)$')
  id = whole(id, client)
  if redis.call('HEXISTS', items, id) == 1 then return end
  if size >= maxItems then return 'items' end
  local more = countPoints(text, mark)
  local refused = refusal(0, more)
  if refused then return refused end
  local top = seq + 1
  keep(id, z == '' and top or math.min(tonumber(z, 36), top), more, 0, mark == '' and '-' or mark, color .. ' ' .. width)
  redis.call('HSET', points, id .. '/0', text)
  size, pointCount = size + 1, pointCount + more
end

local function append(client, fields)
  local id, mark, text = fields:match('^([^,]*),(!?)(.*)$')
  id = whole(id, client)
  local item = redis.call('HGET', items, id)
  if not item then return end
  local z, count, last, ownMark, style = item:match('^(%d+) (%d+) (%d+) (.) (.*)$')
  if ownMark ~= (mark == '' and '-' or mark) then return end
  local more = countPoints(text, mark)
  local refused = refusal(tonumber(count), more)
  if refused then return refused end
  local piece = redis.call('HGET', points, id .. '/' .. last)
  if #piece + #text > PIECE then last, piece = last + 1, '' end
  redis.call('HSET', points, id .. '/' .. last, piece .. text)
  keep(id, z, count + more, last, ownMark, style)
  pointCount = pointCount + more
end

local function remove(client, ids)
  for id in ids:gmatch('[^,]+') do
    id = whole(id, client)
    local item = redis.call('HGET', items, id)
    if item then
      local count, last = item:match('^%d+ (%d+) (%d+)')
      redis.call('HDEL', items, id)
      for piece = 0, tonumber(last) do redis.call('HDEL', points, id .. '/' .. piece) end
      size, pointCount = size - 1, pointCount - count
    end
  end
end

local function clear()
  redis.call('DEL', items, points)
  size, pointCount = 0, 0
end

local apply = { p = put, a = append, r = remove, c = clear }

local function push(entry)
  redis.call('RPUSH', log, entry)
  length, logged = length + 1, logged + #entry
  while length > maxLog or (logged > maxLogged and length > 0) do
    length, logged = length - 1, logged - #redis.call('LPOP', log)
  end
end

local function remember(client, n)
  redis.call('HSET', clients, client, n)
  redis.call('ZADD', recent, seq, client)
  if redis.call('ZCARD', recent) > maxClients then
    redis.call('HDEL', clients, redis.call('ZPOPMIN', recent)[1])
  end
end

local at = 13
while at <= #ARGV do
  local client, firstN, count = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local before = tonumber(redis.call('HGET', clients, client) or '0')
  local n, repeats, refused = before, 0, ''
  if firstN > n + 1 then
    refused = 'gap'
  else
    repeats = math.min(count, n + 1 - firstN)
    for i = repeats + 1, count do
      local entry = ARGV[at + 2 + i]
      local colon = entry:find(':', 1, true)
      refused = apply[entry:sub(colon + 1, colon + 1)](client, entry:sub(colon + 2)) or ''
      if refused ~= '' then break end
      seq, n = seq + 1, n + 1
      push(entry)
    end
    if n > before then remember(client, n) end
  end
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = n, repeats, refused
  at = at + 3 + count
end
redis.call('HSET', meta, 'seq', seq, 'points', pointCount, 'logged', logged)
touch()
return reply
`;

/**
 * ARGV 7: a client, or empty. 8 and 9: the epoch and sequence number of which the operations past it are wanted. 10 and 11: those of the whole board that the caller has. 12: whether the whole board may be
 * read (1 or 0). Returns the epoch, the sequence number, the client's newest number, and `operations` with those that are wanted, `same` when the caller has the whole board, `far` when it does not and may not read it,
 * `newer` with the operations past what it has, or `items` with the two hashes of the whole board.
 */
export const HISTORY = `${PRELUDE}
touch()
local n = tonumber(redis.call('HGET', clients, ARGV[7]) or '0')

-- The operations past a head, if the log reaches back to it.
local function past(knownEpoch, knownSeq)
  local missed = seq - tonumber(knownSeq)
  if knownEpoch ~= epoch or missed < 0 or missed > redis.call('LLEN', log) then return end
  return missed > 0 and redis.call('LRANGE', log, -missed, -1) or {}
end

local wanted = past(ARGV[8], ARGV[9])
if wanted then return {epoch, seq, n, 'operations', wanted} end
if ARGV[10] == epoch and tonumber(ARGV[11]) == seq then return {epoch, seq, n, 'same'} end
if ARGV[12] ~= '1' then return {epoch, seq, n, 'far'} end
local newer = past(ARGV[10], ARGV[11])
if newer then return {epoch, seq, n, 'newer', newer} end
return {epoch, seq, n, 'items', redis.call('HGETALL', items), redis.call('HGETALL', points)}
`;

/** Returns the epoch and the sequence number. */
export const HEAD = `${PRELUDE}
touch()
return {epoch, seq}
`;

/**
 * Admits a board to the list of all. KEYS: the list, a sorted set of board to when it may be forgotten, in milliseconds since 1970. ARGV: the board, milliseconds that it is kept from now on, most boards.
 * Returns 1, or 0 when there are that many others.
 */
export const ADMIT = `
local list, board, ttl, max = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', list, '-inf', now)
if not redis.call('ZSCORE', list, board) and redis.call('ZCARD', list) >= max then return 0 end
redis.call('ZADD', list, now + ttl, board)
return 1
`;
