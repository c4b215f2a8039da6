#!lua flags=allow-oom
-- Creates the namespace, or reads what it was created with.
-- KEYS  1 namespace hash
-- ARGV  1 format  2 partitions
-- reply {format, partitions} as stored
local stored = redis.call('HMGET', KEYS[1], 'format', 'partitions')
if not stored[1] then
  redis.call('HSET', KEYS[1], 'format', ARGV[1], 'partitions', ARGV[2])
  return {ARGV[1], ARGV[2]}
end
return stored
