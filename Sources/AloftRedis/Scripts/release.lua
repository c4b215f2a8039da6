#!lua flags=allow-oom
-- uses shared.lua
-- Ends the residency of executions.
-- KEYS  the instances
-- ARGV  1 base  2 worker, then the instance ids in the order of KEYS
-- reply {now, how many were resident}
local released = 0
local function release(k)
  if call('HGET', KEYS[k], 'o') ~= ARGV[2] then return end
  local state = call('HMGET', KEYS[k], 'x', 't', 'q')
  -- A task that waits for this worker alone, and that it has not read, becomes anybody's.
  local entry = string.match(state[2] or '', '^w([%d-]+)|')
  local stream = ARGV[1] .. 'w:' .. ARGV[2]
  if entry and #call('XPENDING', stream, 'g', entry, entry, 1) == 0 then
    local task = queueTask(ARGV[1], ARGV[k + 2], state[1], state[3])
    call('XDEL', stream, entry)
    call('HSET', KEYS[k], 'o', '', 't', task)
  else
    call('HSET', KEYS[k], 'o', '')
  end
  dropResidency(ARGV[1], ARGV[k + 2], ARGV[2])
  released = released + 1
end
-- One that is damaged must not keep the others from it.
for k = 1, #KEYS do pcall(release, k) end
return {clock(), released}
