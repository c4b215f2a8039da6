#!lua flags=allow-oom
-- uses shared.lua
-- Queues the activities again that a worker leased with its transitions, as far as it does not know of them: Redis has gone
-- back to an earlier moment. They count as delivered no further time.
-- KEYS  1 residents of the worker
-- ARGV  1 base  2 worker  3 cursor, then what the worker knows of, each as "instance\0execution\0command"
-- reply {now, next cursor, number queued again}
local base, worker = ARGV[1], ARGV[2]
local known = {}
for k = 4, #ARGV do known[ARGV[k]] = true end
local queued = 0
local page = call('SSCAN', KEYS[1], ARGV[3], 'COUNT', 100)
local function requeueAll(id)
  local state = call('HMGET', base .. 'i:' .. id, 'x', 's')
  if state[2] ~= 'r' then return end
  local activities = base .. 'a:' .. id
  local flight = call('HGETALL', activities)
  for k = 1, #flight, 2 do
    local command = flight[k]
    if string.find(command, '^%d') and not known[id .. '\0' .. state[1] .. '\0' .. command] then
      local attempt, delivery, place, queue, ref, blob = readActivity(flight[k + 1])
      if place == 'w' and ref == worker then
        call('HSET', activities, command, queueActivity(base, id, state[1], command, attempt, delivery, queue, blob))
        queued = queued + 1
      end
    end
  end
end
-- One that is damaged must not keep the others from it; the audit tells of it.
for _, id in ipairs(page[2]) do pcall(requeueAll, id) end
return {clock(), page[1], queued}
