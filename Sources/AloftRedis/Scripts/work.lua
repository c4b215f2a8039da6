#!lua flags=no-writes
-- uses shared.lua
-- A sample of what a worker has in hand.
-- KEYS  1 queues  2 own stream of the worker  3 its residents
-- ARGV  1 base  2 worker  3 most of it
-- reply {now, then for each: instance, command or empty}
local base, worker, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
local reply = {clock()}
local seen = {}
local function add(id, command)
  local name = id .. '\0' .. command
  if seen[name] or #reply > 2 * most then return end
  seen[name] = true
  reply[#reply + 1] = id
  reply[#reply + 1] = command
end

local function addHeld(stream)
  if #reply > 2 * most then return end
  local pending = redis.pcall('XPENDING', stream, 'g', '-', '+', most, worker)
  if pending.err then return end
  for _, entry in ipairs(pending) do
    local message = call('XRANGE', stream, entry[1], entry[1])[1]
    local fields = {}
    for k = 1, message and #message[2] or 0, 2 do fields[message[2][k]] = message[2][k + 1] end
    if fields.i then add(fields.i, fields.c or '') end
  end
end
addHeld(KEYS[2])
for _, name in ipairs(call('SMEMBERS', KEYS[1])) do addHeld(base .. 'q:' .. name) end
if #reply <= 2 * most then
  for _, id in ipairs(call('SRANDMEMBER', KEYS[3], most)) do add(id, '') end
end
return reply
