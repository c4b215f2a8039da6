#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua, unknown.lua
-- Ends an attempt at an activity: its outcome goes to the instance, or it waits for its next try.
-- KEYS  1 instance  2 inbox  3 activities  4 fence of the worker  5 stream of the receipt (absent without one)
-- ARGV  1 base  2 instance id  3 execution  4 worker  5 command  6 attempt  7 delivery  8 entry of the receipt, or empty
--       9 what: o outcome, r retry, b back (the same attempt again)  10 encoded outcome event, or delay in ms
--       11 with r: encoded activityFailed event of the attempt; with b if the worker does not know the activity: after
--       how many ms that fails it, or n for never  12 lease in ms  13 ms without anyone who does not know it after which
--       that counts anew
-- reply {now, 1} accepted; {now, 0} not wanted any more, the entry, if held, is put away
local base, id, execution, worker, command = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local entry, what = ARGV[8], ARGV[9]
local now = clock()
-- Whatever a dead worker held belongs to whoever takes it over, the entry included.
if call('EXISTS', KEYS[4]) == 0 then return {now, 0} end
local state = call('HMGET', KEYS[1], 'x', 't', 'o', 'q', 'p', 's')
if entry ~= '' and not isHeld(KEYS[5], entry, worker) then return {now, 0} end
-- The entry goes last: with it the outcome would be lost, if something fails.
local function leave(isAccepted)
  if entry ~= '' then putAway(KEYS[5], entry) end
  return {now, isAccepted}
end
if state[6] ~= 'r' or state[1] ~= execution then return leave(0) end
local value = call('HGET', KEYS[3], command)
if not value then return leave(0) end
local attempt, delivery, place, queue, ref, blob = readActivity(value)
local held = (entry ~= '' and place == 'q' and ref == entry) or (entry == '' and place == 'w' and ref == worker)
if not held or attempt ~= ARGV[6] or delivery ~= ARGV[7] then return leave(0) end

local outcome = what == 'o' and ARGV[10]
if what == 'b' and ARGV[11] then
  local lib = instances(base, now, 0, 0)
  local problem, isKnown, message = unknownType(base, now, ARGV[12], 'a', queue, lib.nameOf(blob),
    ARGV[11] == 'n' and '' or ARGV[11], tonumber(ARGV[13]))
  local crashes, shown = string.match(state[5] or '', '^(%d+):0:(.*)$')
  if message then
    outcome = lib.failed(3, command, 9, 'UnknownType', message, true)
  elseif isKnown then
    if shown == problem then call('HSET', KEYS[1], 'p', crashes .. ':0:') end
  elseif not isQuarantined(state[5]) then
    call('HSET', KEYS[1], 'p', (crashes or '0') .. ':0:' .. problem)
  end
end
if outcome then
  addInput(base, id, KEYS[1], KEYS[2], state, now .. ':' .. outcome)
  if attempt == '1' then call('HDEL', KEYS[3], command) else call('HDEL', KEYS[3], command, 'f' .. command) end
else
  if what == 'r' then attempt, delivery = string.format('%.0f', attempt + 1), '1' end
  local delay = tonumber(ARGV[10])
  if delay > 0 then
    local due = string.format('%.0f', now + delay)
    value = attempt .. ':' .. delivery .. ':r:' .. queue .. '\0' .. due .. '\0' .. blob
    call('ZADD', base .. 'due', due, dueMember('r', id, execution, command))
  else
    value = queueActivity(base, id, execution, command, attempt, delivery, queue, blob)
  end
  if what == 'r' then
    call('HSET', KEYS[3], command, value, 'f' .. command, ARGV[11])
  else
    call('HSET', KEYS[3], command, value)
  end
end
-- An eager lease of an instance that is no longer resident may have been the last reason to be listed.
if entry == '' and state[3] ~= worker then pcall(dropResidency, base, id, worker) end
return leave(1)
