#!lua flags=allow-oom
-- Makes a worker known, or says that it is alive.
-- KEYS  1 workers  2 registration  3 outbox  4 received  5 queues  6 own stream  7 fence, then the streams of its queues
-- ARGV  1 worker  2 what: f first beat, b beat, h heal the groups  3 host
--       4 workflow queues and 5 activity queues, 6 workflows and 7 activities that it knows, names joined by a zero byte
--       8 lease in ms
-- reply {now, 1}; {now, 0}: not known, or declared dead
--
-- The fence is an empty stream that every blocking read of the worker includes. Whoever takes the worker over deletes it
-- first, so that Redis ends a read that is under way and refuses the next: a worker that was declared dead is never
-- handed an entry that nobody would look for.
local call = redis.call
local time = call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)
local beat = call('ZSCORE', KEYS[1], ARGV[1])
if beat == '0' or beat == '-1' or (not beat and ARGV[2] ~= 'f') then return {now, 0} end
if ARGV[2] ~= 'h' then
  -- Whoever lives beats every quarter of a lease. If nobody has for so long that somebody may count as dead, the store was
  -- away, or all are: those who live are given time to say so, see takeover.lua.
  local last = call('ZRANGE', KEYS[1], 0, 0, 'REV', 'WITHSCORES')[2]
  if last and tonumber(last) > 0 and now - last > ARGV[8] * 0.75 then call('HSET', KEYS[4], 'gap', now) end
  call('ZADD', KEYS[1], now, ARGV[1])
end
if ARGV[2] == 'b' then return {now, 1} end
call('HSET', KEYS[2], 'host', ARGV[3], 'w', ARGV[4], 'a', ARGV[5], 'kw', ARGV[6], 'ka', ARGV[7])
call('HSETNX', KEYS[2], 'since', now)
call('HSETNX', KEYS[4], 'since', now)
-- The numbers of an outbox must not begin anew, so it is there from the first worker on, even while it is empty.
local outbox = redis.pcall('XGROUP', 'CREATE', KEYS[3], 'g', '0', 'MKSTREAM')
if outbox.err and not string.find(outbox.err, 'BUSYGROUP', 1, true) then return outbox end
for name in string.gmatch(ARGV[4], '[^%z]+') do call('SADD', KEYS[5], 'w:' .. name) end
for name in string.gmatch(ARGV[5], '[^%z]+') do call('SADD', KEYS[5], 'a:' .. name) end
for k = 6, #KEYS do
  local made = redis.pcall('XGROUP', 'CREATE', KEYS[k], 'g', '0', 'MKSTREAM')
  if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
end
return {now, 1}
