#!lua flags=allow-oom
-- uses shared.lua
-- Ends an attempt at an activity: its outcome goes to the instance, or it waits for its next try.
-- KEYS  1 instance  2 inbox  3 activities  4 fence of the worker  5 stream of the receipt (absent without one)
-- ARGV  1 base  2 instance id  3 execution  4 worker  5 command  6 attempt  7 delivery  8 entry of the receipt, or empty
--       9 what: o outcome, r retry, b back (the same attempt again)  10 encoded outcome event, or delay in ms
-- reply {now, 1} accepted; {now, 0} not wanted any more, the entry, if held, is put away
local base, id, execution, worker, command = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local entry, what = ARGV[8], ARGV[9]
local now = clock()
-- Whatever a dead worker held belongs to whoever takes it over, the entry included.
if call('EXISTS', KEYS[4]) == 0 then return {now, 0} end
local state = call('HMGET', KEYS[1], 'x', 't', 'o', 'q', 'p', 's')
if entry ~= '' then
  if not isHeld(KEYS[5], entry, worker) then return {now, 0} end
  putAway(KEYS[5], entry)
end
if state[6] ~= 'r' or state[1] ~= execution then return {now, 0} end
local value = call('HGET', KEYS[3], command)
if not value then return {now, 0} end
local attempt, delivery, place, queue, ref, blob = readActivity(value)
local held = (entry ~= '' and place == 'q' and ref == entry) or (entry == '' and place == 'w' and ref == worker)
if not held or attempt ~= ARGV[6] or delivery ~= ARGV[7] then return {now, 0} end
if what == 'o' then
  call('HDEL', KEYS[3], command)
  addInput(base, id, KEYS[1], KEYS[2], state, now .. ':' .. ARGV[10])
else
  if what == 'r' then attempt, delivery = string.format('%.0f', attempt + 1), '1' end
  local delay = tonumber(ARGV[10])
  if delay > 0 then
    value = attempt .. ':' .. delivery .. ':r:' .. queue .. '\0\0' .. blob
    call('ZADD', base .. 'due', string.format('%.0f', now + delay),
      dueMember('r', id, execution, command))
  else
    value = queueActivity(base, id, execution, command, attempt, delivery, queue, blob)
  end
  call('HSET', KEYS[3], command, value)
end
-- An eager lease of an instance that is no longer resident may have been the last reason to be listed.
if entry == '' and state[3] ~= worker then dropResidency(base, id, worker) end
return {now, 1}
