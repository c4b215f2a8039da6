#!lua flags=no-writes
-- uses shared.lua
-- What waits in the queues, and who serves them.
-- KEYS  1 queues  2 workers
-- ARGV  1 base  2 lease in ms
-- reply {now, number of streams, then for each: "<w or a>:<queue>", entries that nobody has taken, ms of the oldest or
--       -1, entries that were ever added or -1; then for each live worker: its id, its workflow queues, its activity queues, each joined by zero bytes}
local base = ARGV[1]
local now = clock()
local reply = {now, 0}
for _, name in ipairs(call('SMEMBERS', KEYS[1])) do
  local stream = base .. 'q:' .. name
  local waiting, last, oldest = redis.pcall('XLEN', stream), '-', -1
  -- Not a stream: whoever wants to read it is told.
  if type(waiting) ~= 'number' then waiting = 0 end
  if waiting > 0 then
    local groups = redis.pcall('XINFO', 'GROUPS', stream)
    for _, group in ipairs(groups.err and {} or groups) do
      local fields = {}
      for k = 1, #group, 2 do fields[group[k]] = group[k + 1] end
      if fields.name == 'g' then
        waiting = waiting - fields.pending
        last = '(' .. fields['last-delivered-id']
      end
    end
  end
  if waiting > 0 then
    local head = call('XRANGE', stream, last, '+', 'COUNT', 1)[1]
    if head then oldest = tonumber(string.match(head[1], '^%d+')) end
  end
  local added = -1
  local facts = redis.pcall('XINFO', 'STREAM', stream)
  for k = 1, facts.err and 0 or #facts, 2 do
    if facts[k] == 'entries-added' then added = facts[k + 1] end
  end
  reply[2] = reply[2] + 1
  reply[#reply + 1] = name
  reply[#reply + 1] = math.max(waiting, 0)
  reply[#reply + 1] = oldest
  reply[#reply + 1] = added
end
local live = call('ZRANGE', KEYS[2], string.format('%.0f', now - ARGV[2]), '+inf', 'BYSCORE')
for _, worker in ipairs(live) do
  local served = redis.pcall('HMGET', base .. 'reg:' .. worker, 'w', 'a')
  reply[#reply + 1] = worker
  reply[#reply + 1] = served[1] or ''
  reply[#reply + 1] = served[2] or ''
end
return reply
