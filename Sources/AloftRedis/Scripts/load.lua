#!lua flags=allow-oom
-- uses shared.lua
-- What a worker needs to take up an execution; puts the task away if it no longer is the instance's.
-- KEYS  1 instance  2 history  3 inbox  4 stream of the receipt
-- ARGV  1 execution  2 token of the receipt  3 its entry
-- reply {now, 0} put away; {now, 1, batches, 14 fields of the state, input...}; see `stateOf`
local now = clock()
local state = stateOf(KEYS[1])
if state[4] ~= 'r' or state[1] ~= ARGV[1] or call('HGET', KEYS[1], 't') ~= ARGV[2] then
  putAway(KEYS[4], ARGV[3])
  return {now, 0}
end
local reply = {now, 1, call('LLEN', KEYS[2]), unpack(state, 1, 14)}
addHead(reply, KEYS[3])
return reply
