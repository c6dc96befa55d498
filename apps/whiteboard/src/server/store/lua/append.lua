-- Returns the position, how many entries it wrote, and for each submission the client's newest number, how many
-- operations were repeats, and what refused the rest: empty, `gap`, `items`, `item-points` or `board-points`.
local PIECE, CHUNK = 1024, 500
local newToken = ARGV[11]
local maxLogOperations, maxLogCharacters, maxClients = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])
local maxItems, maxItemPoints, maxPoints = tonumber(ARGV[15]), tonumber(ARGV[16]), tonumber(ARGV[17])
-- Where Redis has no memory, or a key is of another type, this fails: later it could be between two steps.
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
  while length > maxLogOperations or (logged > maxLogCharacters and length > 0) do
    length, logged = length - 1, logged - #redis.call('LPOP', log)
  end
  publish(firstSeq, text, previous)
end

-- Of each submission: the client, its first number, how many operations, and each of them as an entry.
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
