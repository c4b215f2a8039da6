#!lua flags=allow-oom
-- uses shared.lua
-- Lets an activity that waits for its next attempt have it at once.
-- KEYS  1 instance  2 activities  3 due
-- ARGV  1 base  2 instance id  3 command
-- reply {now, 1} queued; {now, 0} it does not wait for one; {now, -1} no such instance; {now, -2} it has finished
local now = clock()
local state = call('HMGET', KEYS[1], 'x', 's')
if not state[1] then return {now, -1} end
if state[2] ~= 'r' then return {now, -2} end
local value = call('HGET', KEYS[2], ARGV[3])
if not value then return {now, 0} end
local attempt, delivery, place, queue, _, blob = readActivity(value)
if place ~= 'r' then return {now, 0} end
call('ZREM', KEYS[3], dueMember('r', ARGV[2], state[1], ARGV[3]))
call('HSET', KEYS[2], ARGV[3], queueActivity(ARGV[1], ARGV[2], state[1], ARGV[3], attempt, delivery, queue, blob))
return {now, 1}
