/**
 * What happens inside Redis, each in one step that nothing can come between. KEYS: `meta` (a hash of epoch and revision) and `values` (a hash of id to "REVISION AT VALUE"); both share
 * the hash tag of the channel, so that they and the channel are in one slot of a cluster.
 *
 * ARGV 1 to 4 of each: the channel, an epoch for when a new one is needed, and the epoch and revision that the caller has seen. When the store has fallen behind what was seen (it was restarted from an
 * older copy) the data set goes on under a new epoch, because its revisions will be given a second time.
 */
const PRELUDE = `
local meta, values = KEYS[1], KEYS[2]
local channel, newEpoch, seenEpoch, seenRevision = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local epoch = redis.call('HGET', meta, 'epoch')
local revision = tonumber(redis.call('HGET', meta, 'revision') or '0')
if not epoch or (epoch == seenEpoch and revision < seenRevision) then
  epoch = newEpoch
  redis.call('HSET', meta, 'epoch', epoch, 'revision', revision)
end
`;

/** ARGV 5: most ids. 6: the updates as JSON. 7, 8 …: id and value of each. Returns the epoch and the revision of the last; -1 for too many ids. */
export const PUBLISH = `${PRELUDE}
local maxIds = tonumber(ARGV[5])
local fresh, size = {}, redis.call('HLEN', values)
for i = 7, #ARGV, 2 do
  local id = ARGV[i]
  if not fresh[id] and redis.call('HEXISTS', values, id) == 0 then
    fresh[id] = true
    size = size + 1
  end
end
if size > maxIds then return {epoch, -1} end
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
local first = revision + 1
for i = 7, #ARGV, 2 do
  revision = revision + 1
  redis.call('HSET', values, ARGV[i], string.format('%d %d %s', revision, at, ARGV[i + 1]))
end
redis.call('HSET', meta, 'revision', revision)
redis.call('SPUBLISH', channel, string.format('u %s %d %d ', epoch, first, at) .. ARGV[6])
return {epoch, revision}
`;

/** ARGV 5: the marker. Publishes it with the epoch and the newest revision, so that whoever hears it knows whether it has missed anything. */
export const MARK = `${PRELUDE}
redis.call('SPUBLISH', channel, string.format('m %s %d ', epoch, revision) .. ARGV[5])
return {epoch, revision}
`;

/** Returns the epoch, the revision, and the ids and values, one after the other. */
export const SNAPSHOT = `${PRELUDE}
return {epoch, revision, redis.call('HGETALL', values)}
`;
