#!lua flags=no-writes
-- uses shared.lua, bytes.lua, instances.lua
-- The activities of an instance that have no outcome yet.
-- KEYS  1 instance  2 activities
-- reply {now, 0} no such instance; {now, 1, then for each: command, attempt, place, queue, ref, name, the event of the
--       attempt before or empty}
local now = clock()
if call('EXISTS', KEYS[1]) == 0 then return {now, 0} end
local all = call('HGETALL', KEYS[2])
local lib = instances('', now, 0, 0)
local failures = {}
for k = 1, #all, 2 do
  if string.sub(all[k], 1, 1) == 'f' then failures[string.sub(all[k], 2)] = all[k + 1] end
end
local reply = {now, 1}
for k = 1, #all, 2 do
  if string.find(all[k], '^%d') then
    local attempt, _, place, queue, ref, blob = readActivity(all[k + 1])
    local isNamed, name = pcall(lib.nameOf, blob or '')
    -- One that cannot be read is for the audit to tell.
    if attempt then
      for _, value in ipairs({all[k], attempt, place, queue, ref, isNamed and name or '?', failures[all[k]] or ''}) do
        reply[#reply + 1] = value
      end
    end
  end
end
return reply
