#!lua flags=no-writes
-- uses shared.lua
-- The workers that are alive, and how much they hold.
-- KEYS  1 workers  2 queues
-- ARGV  1 base  2 lease in ms  3 most of them
-- reply {now, then for each: id, moment of its last beat, host, moment of its first beat or empty, workflow queues,
--       activity queues, workflows and activities that it knows, each joined by zero bytes, instances that it has resident
--       or eager activities of, entries of queues that it holds}
local base = ARGV[1]
local now = clock()

-- Entries that are held, by worker.
local held = {}
local function count(stream)
  local pending = redis.pcall('XPENDING', stream, 'g')
  if pending.err or not pending[4] then return end
  for _, consumer in ipairs(pending[4]) do
    held[consumer[1]] = (held[consumer[1]] or 0) + tonumber(consumer[2])
  end
end
for _, name in ipairs(call('SMEMBERS', KEYS[2])) do count(base .. 'q:' .. name) end

local reply = {now}
local live = call('ZRANGE', KEYS[1], string.format('%.0f', now - ARGV[2]), '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, worker in ipairs(live) do
  count(base .. 'w:' .. worker)
  local known = call('HMGET', base .. 'reg:' .. worker, 'host', 'since', 'w', 'a', 'kw', 'ka')
  reply[#reply + 1] = worker
  reply[#reply + 1] = string.match(call('ZSCORE', KEYS[1], worker), '^%d+')
  for k = 1, 6 do reply[#reply + 1] = known[k] or '' end
  reply[#reply + 1] = call('SCARD', base .. 'res:' .. worker)
  reply[#reply + 1] = held[worker] or 0
end
return reply
