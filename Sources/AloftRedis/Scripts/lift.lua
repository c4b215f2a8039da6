#!lua flags=allow-oom
-- uses shared.lua
-- Lets quarantined instances go on.
-- KEYS  the instances
-- ARGV  1 base, then the instance ids in the order of KEYS
-- reply {now, how many were quarantined}
local now = clock()
local lifted = 0
local function lift(k)
  local state = call('HMGET', KEYS[k], 's', 'x', 'q', 'p')
  if state[1] == 'r' and isQuarantined(state[4]) then
    -- Whoever takes it reads the whole inbox, with what has come meanwhile.
    call('HSET', KEYS[k], 'p', '', 't', queueTask(ARGV[1], ARGV[k + 1], state[2], state[3]))
    call('SREM', ARGV[1] .. 'quarantined', ARGV[k + 1])
    call('HDEL', KEYS[k], 'l')
    lifted = lifted + 1
  end
end
for k = 1, #KEYS do
  local isDone, problem = pcall(lift, k)
  -- One that is damaged must not keep the others from it; alone, whoever asked is told.
  if not isDone and #KEYS == 1 then return failedBy(problem) end
end
return {now, lifted}
