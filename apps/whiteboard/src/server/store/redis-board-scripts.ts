/**
 * What happens to one board inside Redis, each in one step that nothing can come between. KEYS, all with the board's hash tag, so that they
 * are in one slot of a cluster:
 *
 * - `meta`: a hash of `epoch`, `seq`, `token` (the position), `first` (the number at which the epoch began), `points` (on the board) and
 *   `logged` (characters in the log)
 * - `items`: a hash of item id to "Z POINTS LAST MARK COLOR WIDTH"; LAST is the number of its last piece of points, MARK `!` or `-`
 * - `points`: a hash of "ID/PIECE" to text: in pieces, so that a few more points of a long stroke do not write all of it again
 * - `log`: a list of the newest entries [W8]; the last of an append ends with its token
 * - `clients`, `recent`: a hash of client to its newest number, and the clients in the order of their last appends
 *
 * ARGV 1 to 10: the channel, the published message up to its numbers and after them, an epoch for when a new one is needed, the position that
 * the pod has followed, milliseconds that the board is kept without use once something was drawn on it and before, and whether it may be made.
 *
 * A store that is not on from what a pod has seen (it was restarted from an older copy) goes on under a new epoch, since its numbers are given
 * a second time. So it does, empty, when its items or their points are gone. False: the board is not there and may not be made.
 */
const PRELUDE = `
local meta, items, points, log, clients, recent = unpack(KEYS)
local channel, messageStart, messageEnd, newEpoch = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local drawnTtl, emptyTtl, mayMake = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local stored = redis.call('HMGET', meta, 'epoch', 'seq', 'token', 'points', 'logged', 'first')
local epoch, seq, token = stored[1], tonumber(stored[2] or '0'), stored[3] or ''
local pointCount, logged, first = tonumber(stored[4] or '0'), tonumber(stored[5] or '0'), tonumber(stored[6] or '-1')
if not epoch and not mayMake then return false end

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
  if not isNew then publish(seq + 1, '', token) end
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
`;

/**
 * ARGV 11 to 17: a token, most operations and characters in the log, most clients, most items, points of an item, points of the board. Then
 * for each submission the client, its first number, how many operations, and each of them as an entry. Returns the position, and for each
 * submission the client's newest number, how many were repeats, and what refused the rest: empty, `gap`, `items`, `item-points`, `board-points`.
 */
export const APPEND = `
-- To a channel that nobody hears: where publishing is not allowed, or not known, nothing is written.
redis.call('SPUBLISH', ARGV[1] .. ':rights', '')
${PRELUDE}
local PIECE, CHUNK = 1024, 500
local newToken = ARGV[11]
local maxLog, maxLogged, maxClients = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])
local maxItems, maxItemPoints, maxPoints = tonumber(ARGV[15]), tonumber(ARGV[16]), tonumber(ARGV[17])
-- Where Redis is out of memory, or a key is not what it should be, this is what fails: later it could be between two steps that belong together.
redis.call('HSET', meta, 'seq', seq)
local size, length = redis.call('HLEN', items), redis.call('LLEN', log)
redis.call('HLEN', points)
redis.call('ZCARD', recent)
if length == 0 then logged = 0 end
local firstSeq, entries, outcomes = seq + 1, {}, {}

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

local function remember(client, clientSeq)
  redis.call('HSET', clients, client, clientSeq)
  redis.call('ZADD', recent, seq, client)
  if redis.call('ZCARD', recent) > maxClients then
    redis.call('HDEL', clients, redis.call('ZPOPMIN', recent)[1])
  end
end

-- Takes what can be taken of a submission; its entries begin at a place of ARGV.
local function submit(client, firstClientSeq, count, place)
  local before = tonumber(redis.call('HGET', clients, client) or '0')
  if firstClientSeq > before + 1 then return before, 0, 'gap' end
  local clientSeq, repeats, refused = before, math.min(count, before + 1 - firstClientSeq), ''
  for i = repeats, count - 1 do
    local entry = ARGV[place + i]
    local colon = entry:find(':', 1, true)
    refused = apply[entry:sub(colon + 1, colon + 1)](client, entry:sub(colon + 2)) or ''
    if refused ~= '' then break end
    seq, clientSeq = seq + 1, clientSeq + 1
    entries[#entries + 1] = entry
  end
  if clientSeq > before then remember(client, clientSeq) end
  return clientSeq, repeats, refused
end

local function record(previous)
  local text = table.concat(entries, ';') .. '@' .. token
  entries[#entries] = entries[#entries] .. '@' .. token
  for from = 1, #entries, CHUNK do
    redis.call('RPUSH', log, unpack(entries, from, math.min(from + CHUNK - 1, #entries)))
  end
  length, logged = length + #entries, logged + #text + 1 - #entries
  while length > maxLog or (logged > maxLogged and length > 0) do
    length, logged = length - 1, logged - #redis.call('LPOP', log)
  end
  publish(firstSeq, text, previous)
end

local at = 18
while at <= #ARGV do
  local count = tonumber(ARGV[at + 2])
  local clientSeq, repeats, refused = submit(ARGV[at], tonumber(ARGV[at + 1]), count, at + 3)
  outcomes[#outcomes + 1], outcomes[#outcomes + 2], outcomes[#outcomes + 3] = clientSeq, repeats, refused
  at = at + 3 + count
end
if #entries > 0 then
  local previous = token
  token = newToken
  redis.call('HSET', meta, 'seq', seq, 'token', token, 'points', pointCount)
  record(previous)
  redis.call('HSET', meta, 'logged', logged)
end
touch()
return {epoch, seq, token, #entries, outcomes}
`;

/**
 * ARGV 11: whether the whole board is wanted (1 or 0). 12 to 14: a position of which what follows is wanted; an empty epoch for none. 15 and
 * on: clients. Returns the position, the clients' newest numbers, the entries that follow, or false where the log does not lead there, and
 * with the whole board its two hashes.
 */
export const READ = `${PRELUDE}
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
