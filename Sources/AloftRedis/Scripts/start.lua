#!lua
-- Starts an instance unless there is one of that id.
-- KEYS  1 instance  2 inbox  3 workflow queue  4 instances index
-- ARGV  1 instance id  2 execution  3 workflow  4 queue  5 retention in ms, or empty  6 encoded started event
-- reply {now, 1} started, now or by an earlier try; {now, 0, x, w, q, s, n, c, f, o, p} there is one
local call = redis.call
local time = call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)
local there = call('HGET', KEYS[1], 'x')
if there then
  if there == ARGV[2] then return {now, 1} end
  return {now, 0, unpack(call('HMGET', KEYS[1], 'x', 'w', 'q', 's', 'n', 'c', 'f', 'o', 'p'))}
end
local id = ARGV[1]
local input = now .. ':' .. ARGV[6]
local entry
if #input <= 4096 then
  entry = call('XADD', KEYS[3], '*', 'i', id, 'x', ARGV[2], 'd', input)
else
  entry = call('XADD', KEYS[3], '*', 'i', id, 'x', ARGV[2])
end
if ARGV[5] == '' then
  call('HSET', KEYS[1], 'x', ARGV[2], 'w', ARGV[3], 'q', ARGV[4], 's', 'r', 'n', 0, 'c', now, 't', 'q' .. entry)
else
  call('HSET', KEYS[1], 'x', ARGV[2], 'w', ARGV[3], 'q', ARGV[4], 's', 'r', 'n', 0, 'c', now, 't', 'q' .. entry,
    'r', ARGV[5])
end
call('RPUSH', KEYS[2], input)
call('ZADD', KEYS[4], now, id)
return {now, 1}
