#!lua flags=allow-oom
-- Answers how an instance ended, or notes that a store waits for it.
-- KEYS  1 instance  2 history
-- ARGV  1 id of the store  2 first execution of the instance that is meant, or empty for any
-- reply {0} no such instance; {1, first execution} open, will be published; {2, last batch} finished; {3} it was terminated
--       by the start of the one that has its place
local call = redis.call
local state = call('HMGET', KEYS[1], 's', 'v', 'x', 'g', 'u')
if not state[1] then return {0} end
local first = (state[4] or '') ~= '' and state[4] or state[3]
if ARGV[2] ~= '' and ARGV[2] ~= first then return {state[5] == ARGV[2] and 3 or 0} end
if state[1] ~= 'r' then return {2, call('LINDEX', KEYS[2], -1)} end
local waiters = state[2] or ''
if not string.find(',' .. waiters .. ',', ',' .. ARGV[1] .. ',', 1, true) then
  call('HSET', KEYS[1], 'v', waiters == '' and ARGV[1] or waiters .. ',' .. ARGV[1])
end
return {1, first}
