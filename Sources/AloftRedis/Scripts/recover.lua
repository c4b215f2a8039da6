#!lua flags=allow-oom
-- uses shared.lua
-- Activities that a worker leased with its transitions, in two steps: finds them, and queues those again that it does not know
-- of: Redis has gone back to an earlier moment. The worker looks at what it knows in between, so that it knows of every
-- transition that it sent before they were found. They count as delivered no further time.
-- KEYS  1 residents of the worker
-- ARGV  1 base  2 worker  3 cursor, or empty to queue, then what is to be queued, each as instance, execution, command
-- reply {now, next cursor, then for each found: instance, execution, command} or {now, '', number queued again}
local base, worker, cursor = ARGV[1], ARGV[2], ARGV[3]

-- Calls `use` with execution, command and what is known of every lease of an instance. One that is damaged must not keep the
-- others from it; the audit tells of it.
local function eachLease(id, commands, use)
  pcall(function()
    local state = call('HMGET', base .. 'i:' .. id, 'x', 's')
    if state[2] ~= 'r' then return end
    local values = call('HMGET', base .. 'a:' .. id, unpack(commands))
    for k, command in ipairs(commands) do
      if values[k] then
        local attempt, delivery, place, queue, ref, blob = readActivity(values[k])
        if place == 'w' and ref == worker then use(state[1], command, attempt, delivery, queue, blob) end
      end
    end
  end)
end

if cursor == '' then
  local queued = 0
  for k = 4, #ARGV, 3 do
    local id = ARGV[k]
    eachLease(id, {ARGV[k + 2]}, function(execution, command, attempt, delivery, queue, blob)
      if execution ~= ARGV[k + 1] then return end
      call('HSET', base .. 'a:' .. id, command, queueActivity(base, id, execution, command, attempt, delivery, queue, blob))
      queued = queued + 1
    end)
  end
  return {clock(), '', queued}
end

local page = call('SSCAN', KEYS[1], cursor, 'COUNT', 100)
local reply = {clock(), page[1]}
for _, id in ipairs(page[2]) do
  local names = redis.pcall('HKEYS', base .. 'a:' .. id)
  local commands = {}
  for _, name in ipairs(names) do
    if string.find(name, '^%d') then commands[#commands + 1] = name end
  end
  for first = 1, #commands, 1000 do
    eachLease(id, {unpack(commands, first, math.min(first + 999, #commands))}, function(execution, command)
      reply[#reply + 1] = id
      reply[#reply + 1] = execution
      reply[#reply + 1] = command
    end)
  end
end
return reply
