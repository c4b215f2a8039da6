#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua
-- Takes messages from the outbox of a partition, each once and in their order.
-- KEYS  1 received: last message by the partition that it came from
-- ARGV  1 base  2 base of the sender  3 default retention in ms  4 most inputs that may wait before signals are refused
--       then for each message: entry, number of fields, then names and values as instances.lua tells them
-- reply {now, messages in the outbox, what is wrong with a message...}: such a message is dropped
local base, source = ARGV[1], ARGV[2]
local now = clock()
local lib = instances(base, now, ARGV[3], tonumber(ARGV[4]))
local reply = {now, 0}

-- Whoever delivers reads a stream from its head and deletes what has arrived: an entry that is not younger than the last
-- one came twice.
local function isLater(entry, last)
  local ms, number = string.match(entry, '^(%d+)-(%d+)$')
  local lastMs, lastNumber = string.match(last, '^(%d+)-(%d+)$')
  if ms ~= lastMs then return tonumber(ms) > tonumber(lastMs) end
  return tonumber(number) > tonumber(lastNumber)
end

local function take(m)
  if m.k == 's' then
    local isStarted = lib.startChild(m.i, {execution = m.x, workflow = m.w, queue = m.q, retention = m.r, timeout = m.u,
      memo = m.m, parent = m.a, body = m.d})
    if not isStarted then
      local parent, execution, command = string.match(m.a, '^[^%z]*%z([^%z]*)%z([^%z]*)%z(%d+)$')
      lib.send(source, 'r', 'i', parent, 'x', execution, 'c', command, 'd', lib.refused(m.i, command))
    end
  elseif m.k == 'r' then
    lib.input(m.i, m.x, m.c, m.d)
  elseif m.k == 'o' then
    lib.input(m.i, m.x, nil, m.d)
  elseif m.k == 'c' then
    lib.cancel(m.i, m.a, m.d)
  elseif m.k == 't' then
    lib.terminate(m.i, m.a, m.d)
  elseif m.k == 'g' then
    local outcome = lib.signalOutcome(m.c, lib.signal(m.i, m.e, m.d))
    lib.send(m.f, 'o', 'i', m.h, 'x', m.x, 'd', outcome)
  else
    error('messages of kind ' .. tostring(m.k) .. ' are not known here')
  end
  lib.closeAll()
end

local last = call('HGET', KEYS[1], source) or '0-0'
local at = 5
while ARGV[at] do
  local entry, count = ARGV[at], tonumber(ARGV[at + 1])
  local message = {}
  for k = at + 2, at + 2 * count, 2 do message[ARGV[k]] = ARGV[k + 1] end
  at = at + 2 + 2 * count
  if isLater(entry, last) then
    -- What cannot be carried out must not hold up what comes behind it.
    local isDone, problem = pcall(take, message)
    if not isDone then
      reply[#reply + 1] = entry .. ': ' .. (type(problem) == 'table' and tostring(problem.err) or tostring(problem))
    end
    last = entry
    call('HSET', KEYS[1], source, last)
  end
end
reply[2] = lib.sent
return reply
