#!lua flags=no-writes
-- uses shared.lua
-- Finished instances, in the order in which they expire.
-- KEYS  1 expiring index of a status
-- ARGV  1 base  2 finished before this moment  3 most of them  4 place in the index to begin at  5 most to look at
-- reply {now, place to go on at, or -1 at the end, then for each: id, moment at which it finished}
local from, most, looks = tonumber(ARGV[4]), tonumber(ARGV[3]), tonumber(ARGV[5])
local before = tonumber(ARGV[2])
local reply = {clock(), -1}
local found = 0
while looks > 0 do
  local page = call('ZRANGE', KEYS[1], from, from + 99)
  for _, id in ipairs(page) do
    if found == most then
      reply[2] = from
      return reply
    end
    local state = redis.pcall('HMGET', ARGV[1] .. 'i:' .. id, 'f', 's')
    local moment = tonumber(state[1] or '')
    if moment and state[2] ~= 'r' and moment < before then
      reply[#reply + 1] = id
      reply[#reply + 1] = moment
      found = found + 1
    end
    from = from + 1
    looks = looks - 1
  end
  if #page < 100 then return reply end
end
reply[2] = from
return reply
