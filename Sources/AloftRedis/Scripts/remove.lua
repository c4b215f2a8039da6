#!lua flags=allow-oom
-- Deletes a finished instance.
-- KEYS  1 instance  2 history  3 inbox  4 activities  5 delivered ids  6 instances index  7 expiring index
-- ARGV  1 instance id
-- reply 0 no such instance; 1 removed; 2 it is open
local status = redis.call('HGET', KEYS[1], 's')
if not status then return 0 end
if status == 'r' then return 2 end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[7], ARGV[1])
return 1
