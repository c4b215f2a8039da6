#!lua
-- uses shared.lua
-- Puts an input into the inbox of an open instance.
-- KEYS  1 instance  2 inbox  3 delivered ids
-- ARGV  1 base  2 instance id  3 execution, or empty for any  4 id of the input, or empty  5 encoded event
--       6 most inputs that may wait
-- reply {now, 0} done, now or by an earlier try; {now, 1} no such instance; {now, 2} finished;
--       {now, 3} too many wait
local now = clock()
local state = call('HMGET', KEYS[1], 'x', 't', 'o', 'q', 'p', 's', 'b', 'n')
if not state[6] or (ARGV[3] ~= '' and state[1] ~= ARGV[3]) then return {now, 1} end
if state[6] ~= 'r' then
  -- The ids outlive the instance's end, so that a sender who repeats itself is not told that it came too late.
  if ARGV[4] ~= '' and isDelivered(KEYS[3], ARGV[4]) then return {now, 0} end
  return {now, 2}
end
if call('LLEN', KEYS[2]) >= tonumber(ARGV[6]) then
  if ARGV[4] ~= '' and isDelivered(KEYS[3], ARGV[4]) then return {now, 0} end
  return {now, 3}
end
if ARGV[4] ~= '' and not noteDelivery(KEYS[3], ARGV[4], now) then return {now, 0} end
if string.byte(ARGV[5], 2) == 6 then
  local isReady, token = pcall(prepareToCancel, ARGV[1], ARGV[2], state[1], state[4], state[2], state[8], state[7], now)
  if not isReady then
    if ARGV[4] ~= '' then call('ZREM', KEYS[3], ARGV[4]) end
    return failedBy(token)
  end
  state[2] = token
end
local isDone, problem = pcall(addInput, ARGV[1], ARGV[2], KEYS[1], KEYS[2], state, now .. ':' .. ARGV[5])
if not isDone then
  -- Whoever tries again must not be told that it has arrived.
  if ARGV[4] ~= '' then call('ZREM', KEYS[3], ARGV[4]) end
  return failedBy(problem)
end
return {now, 0}
