#!lua flags=allow-oom
-- Answers how an instance ended, or notes that a store waits for it. A store that waits asks again every ten minutes: one that
-- has not for half an hour is gone, and forgotten when the next one asks.
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
local time = call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)
local waiters, known = {}, false
for store, asked in string.gmatch(state[2] or '', '([^,:]+):(%d+)') do
  if store == ARGV[1] then
    -- Many calls of one store wait for the same instance: one note a minute is enough.
    known = now - asked < 60000
  elseif now - asked < 1800000 then
    waiters[#waiters + 1] = store .. ':' .. asked
  end
end
if not known then
  waiters[#waiters + 1] = ARGV[1] .. ':' .. now
  call('HSET', KEYS[1], 'v', table.concat(waiters, ','))
end
return {1, first}
