#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua
-- Ends an open instance without running its code.
-- KEYS  1 instance
-- ARGV  1 base  2 instance id  3 execution, or empty for any  4 id of this write  5 encoded workflowTerminated event
--       6 default retention in ms
-- reply {now, 0, messages in the outbox} done, now or by an earlier try; {now, 1} no such instance; {now, 2} finished
local now = clock()
local state = call('HMGET', KEYS[1], 's', 'x', 'y')
if not state[1] or (ARGV[3] ~= '' and state[2] ~= ARGV[3]) then return {now, 1} end
if state[1] ~= 'r' then
  if state[3] == ARGV[4] then return {now, 0, 0} end
  return {now, 2}
end
local lib = instances(ARGV[1], now, ARGV[6], 0)
lib.finish(ARGV[2], 't', ARGV[5], ARGV[4])
lib.closeAll()
return {now, 0, lib.sent}
