#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua
-- Deletes finished instances.
-- KEYS  1 instances index
-- ARGV  1 base  2 only those that finished before this moment, or empty, then the instance ids
-- reply {now, deleted, passed over: there is no such instance, passed over: it is open, or finished later}
local now = clock()
local lib = instances(ARGV[1], now, 0, 0)
local removed, missing, kept = 0, 0, 0
local function remove(id)
  local state = call('HMGET', ARGV[1] .. 'i:' .. id, 's', 'f')
  if not state[1] then
    missing = missing + 1
  elseif state[1] == 'r' or (ARGV[2] ~= '' and tonumber(state[2]) >= tonumber(ARGV[2])) then
    kept = kept + 1
  else
    lib.erase(id, state[1])
    call('ZREM', KEYS[1], id)
    removed = removed + 1
  end
end
for k = 3, #ARGV do
  local isDone, problem = pcall(remove, ARGV[k])
  -- One that is damaged must not keep the others from it; alone, whoever asked is told.
  if not isDone then
    if #ARGV == 3 then return failedBy(problem) end
    kept = kept + 1
  end
end
return {now, removed, missing, kept}
