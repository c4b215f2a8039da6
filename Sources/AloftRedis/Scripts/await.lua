#!lua flags=allow-oom
-- Answers how an instance ended, or notes that a store waits for it.
-- KEYS  1 instance  2 history
-- ARGV  1 id of the store
-- reply {0} no such instance; {1} open, will be published; {2, last batch} finished
local call = redis.call
local state = call('HMGET', KEYS[1], 's', 'v')
if not state[1] then return {0} end
if state[1] ~= 'r' then return {2, call('LINDEX', KEYS[2], -1)} end
local waiters = state[2] or ''
if not string.find(',' .. waiters .. ',', ',' .. ARGV[1] .. ',', 1, true) then
  call('HSET', KEYS[1], 'v', waiters == '' and ARGV[1] or waiters .. ',' .. ARGV[1])
end
return {1}
