#!lua flags=no-writes
-- uses shared.lua, bytes.lua, instances.lua
-- A page of the activities of an instance that have no outcome yet, in the order of their commands.
-- KEYS  1 instance  2 activities
-- ARGV  1 command behind which to begin, or 0  2 most activities  3 bytes after which a page ends early: to read an activity
--       is to read its input
-- reply {now, 0} no such instance; {now, 1, how many there are in all, last command that was looked at if there are
--       more behind it or 0, then for each: command, attempt, place, queue, ref, name, the event of the attempt before or
--       empty}
local now = clock()
if call('EXISTS', KEYS[1]) == 0 then return {now, 0} end
local after, most, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local total, commands = 0, {}
for _, name in ipairs(call('HKEYS', KEYS[2])) do
  if string.find(name, '^%d+$') then
    total = total + 1
    if tonumber(name) > after then commands[#commands + 1] = tonumber(name) end
  end
end
table.sort(commands)
local lib = instances('', now, 0, 0)
local reply = {now, 1, total, 0}
for k, number in ipairs(commands) do
  if k > most or room <= 0 then
    reply[4] = string.format('%.0f', commands[k - 1])
    return reply
  end
  local command = string.format('%.0f', number)
  local value = call('HGET', KEYS[2], command)
  local attempt, _, place, queue, ref, blob = readActivity(value)
  room = room - #value
  -- One that cannot be read is for the audit to tell.
  if attempt then
    local isNamed, name = pcall(lib.nameOf, blob)
    local failure = attempt ~= '1' and call('HGET', KEYS[2], 'f' .. command) or ''
    room = room - #failure
    for _, item in ipairs({command, attempt, place, queue, ref, isNamed and name or '?', failure}) do
      reply[#reply + 1] = item
    end
  end
end
return reply
