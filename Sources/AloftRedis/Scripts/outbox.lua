#!lua flags=no-writes
-- Messages of an outbox in their order: as many as one answer may hold, whatever their size, and one at least.
-- KEYS  1 outbox
-- ARGV  1 where to begin, as XRANGE takes it  2 most messages  3 most bytes, roughly
-- reply {1 if there may be more or 0, messages as XRANGE tells them}
local from, most, room = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local page = {}
while #page < most do
  local entries = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 10)
  for _, entry in ipairs(entries) do
    for _, word in ipairs(entry[2]) do room = room - #word end
    if room < 0 and #page > 0 then return {1, page} end
    page[#page + 1] = entry
  end
  if #entries < 10 then return {0, page} end
  from = '(' .. entries[10][1]
end
return {1, page}
