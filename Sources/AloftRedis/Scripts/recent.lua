#!lua flags=no-writes
-- uses shared.lua
-- Instances that finished so, those that expire last first.
-- KEYS  1 expiring index of a status
-- ARGV  1 base  2 most of them  3 bytes after which no further one is told: memos may be large
-- reply {now, then for each: id, moment at which it expires, 14 fields of its state}
local reply, room = {clock()}, tonumber(ARGV[3])
local page = call('ZRANGE', KEYS[1], 0, ARGV[2] - 1, 'REV', 'WITHSCORES')
for k = 1, #page, 2 do
  if room <= 0 then break end
  local state = stateOf(ARGV[1] .. 'i:' .. page[k])
  -- One that has expired, or whose id is in use again, is listed until the next tick.
  if state[1] and state[4] ~= 'r' then
    reply[#reply + 1] = page[k]
    reply[#reply + 1] = string.match(page[k + 1], '^%d+')
    for field = 1, 14 do
      reply[#reply + 1] = state[field]
      room = room - #(state[field] or '')
    end
  end
end
return reply
