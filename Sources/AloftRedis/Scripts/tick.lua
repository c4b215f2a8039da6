#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua
-- Fires what is due, in order of due time and for each instance in one go, and trims the indexes.
-- KEYS  1 due  2 workers  3 outbox  4 instances index  5 queues  6 unknown types
-- ARGV  1 base  2 most members  3 lease in ms  4 default retention in ms  5 most expired instances of a status
-- reply {now, next due or -1, fired, dropped, 1 if more is due, messages in the outbox, by how many ms the latest of what was
--       fired was late, what is wrong with the due set or the outbox or empty, number of problems, then for each: instance
--       and what is wrong with it; dead worker...}
-- What is wrong with one instance, as a key of it that somebody else has taken, must not keep the others from what is due
-- for them: it is put off by a minute, and told.
local base, limit, expiredLimit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[5])
local now = clock()
-- A key that somebody else has taken must not keep the dead from being found.
local trouble = ''
local function read(otherwise, ...)
  local isDone, result = pcall(call, ...)
  if isDone then return result end
  if trouble == '' then trouble = reasonOf(result) end
  return otherwise
end
local scored = read({}, 'ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
local members = {}
for k = 1, #scored, 2 do members[#members + 1] = scored[k] end
-- By rank, and before anything is added: a thousand names would go into the append-only file.
if #members > 0 then call('ZREMRANGEBYRANK', KEYS[1], 0, #members - 1) end
local groups, order = {}, {}
for k, member in ipairs(members) do
  local kind, id, execution, command = string.match(member, '^(%a)%z([^%z]*)%z([^%z]*)%z?([^%z]*)$')
  local number = string.match(command or '', '^0*(%d+)$')
  if kind and (number or kind == 'w' or kind == 'e') then
    local name = id .. '\0' .. execution
    local group = groups[name]
    if not group then
      -- In order of time: no other of it has waited for longer.
      group = {id = id, execution = execution, due = tonumber(scored[2 * k]), members = {}}
      groups[name] = group
      order[#order + 1] = group
    end
    group[#group + 1] = {kind, number}
    group.members[#group.members + 1] = member
  end
end

local lib
local function fire(group)
  local id, execution = group.id, group.execution
  local instance, activities = base .. 'i:' .. id, base .. 'a:' .. id
  local state = call('HMGET', instance, 'x', 't', 'o', 'q', 'p', 's', 'b')
  local isOver = false
  for _, item in ipairs(group) do isOver = isOver or item[1] == 'e' end
  -- It is gone, and so is what was due.
  if state[6] ~= 'r' or state[1] ~= execution then return 0 end
  if isOver then
    lib = lib or instances(base, now, ARGV[4], 0)
    lib.finish(id, 'o', lib.timedOut(id))
    lib.closeAll()
    return 1
  end
  local fired, inputs, gone = 0, {}, {}
  for _, item in ipairs(group) do
    local kind, command = item[1], item[2]
    if kind == 't' then
      local body = call('HGET', activities, 't' .. command)
      if body then
        inputs[#inputs + 1] = now .. ':' .. body
        gone[#gone + 1] = 't' .. command
      end
    elseif kind == 'r' then
      local value = call('HGET', activities, command)
      if value then
        local attempt, delivery, place, queue, _, blob = readActivity(value)
        if place == 'r' then
          value = queueActivity(base, id, execution, command, attempt, delivery, queue, blob)
          call('HSET', activities, command, value)
          fired = fired + 1
        end
      end
    elseif state[2] == 'd' then
      if (state[7] or '') ~= '' then
        state[2] = begin(base, id, execution, state[4], now)
      else
        state[2] = queueTask(base, id, execution, state[4], state[3])
        call('HSET', instance, 't', state[2])
      end
      fired = fired + 1
    end
  end
  if #inputs > 0 then
    -- What may fail comes first: an entry of a queue that no instance knows is put away.
    local token
    if (state[2] or '') == '' and not isQuarantined(state[5]) then
      token = queueTask(base, id, execution, state[4], state[3], inputs[1])
    end
    call('RPUSH', base .. 'in:' .. id, unpack(inputs))
    call('HDEL', activities, unpack(gone))
    if token then call('HSET', instance, 't', token) end
    fired = fired + #inputs
  end
  return fired
end

local fired, lateness, problems, later = 0, 0, {}, {}
for _, group in ipairs(order) do
  local isDone, result = pcall(fire, group)
  if isDone then
    fired = fired + result
    if result > 0 then lateness = math.max(lateness, now - group.due) end
  else
    problems[#problems + 1] = group.id
    problems[#problems + 1] = reasonOf(result)
    for _, member in ipairs(group.members) do later[#later + 1] = member end
  end
end
for _, member in ipairs(later) do call('ZADD', KEYS[1], string.format('%.0f', now + 60000), member) end
local nextDue, more = tonumber(read({}, 'ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or -1), 0
if nextDue >= 0 and nextDue <= tonumber(now) then more = 1 end

-- Redis deletes the keys of an expired instance by itself, within a millisecond or two; what is left is its place in
-- the indexes. Whoever uses its id again takes it out of these.
local function trimIndexes()
  for _, letter in ipairs({'c', 'f', 'x', 't', 'o'}) do
    local expired = call('ZRANGE', base .. 'expiring:' .. letter, '-inf', now, 'BYSCORE', 'LIMIT', 0, expiredLimit)
    if #expired > 0 then
      local unlisted = {}
      for _, id in ipairs(expired) do
        local status = redis.pcall('HGET', base .. 'i:' .. id, 's')
        local isOther = type(status) == 'table'
        if not status or isOther or status == letter then
          unlisted[#unlisted + 1] = id
          if status and not isOther then call('UNLINK', base .. 'i:' .. id, base .. 'h:' .. id, base .. 'd:' .. id) end
        end
      end
      call('ZREM', base .. 'expiring:' .. letter, unpack(expired))
      if #unlisted > 0 then call('ZREM', KEYS[4], unpack(unlisted)) end
      if #expired == expiredLimit then more = 1 end
    end
  end
end

-- A queue that is empty and that nobody serves is forgotten; one at a time, since that is not urgent.
local function forgetQueue()
  local queue = call('SRANDMEMBER', KEYS[5])
  local stream = queue and base .. 'q:' .. queue
  if stream and redis.pcall('XLEN', stream) == 0 then
    local isServed = false
    for _, worker in ipairs(call('ZRANGE', KEYS[2], 0, -1)) do
      local served = redis.pcall('HGET', base .. 'reg:' .. worker, string.sub(queue, 1, 1)) or ''
      if type(served) == 'table' or string.find('\0' .. served .. '\0', '\0' .. string.sub(queue, 3) .. '\0', 1, true) then
        isServed = true
        break
      end
    end
    if not isServed then
      call('UNLINK', stream)
      call('SREM', KEYS[5], queue)
    end
  end
end

-- Types that nobody misses any more.
local function forgetTypes()
  local unknown = call('HGETALL', KEYS[6])
  for k = 1, #unknown, 2 do
    local last, gap = string.match(unknown[k + 1], '^%d+:(%d+):(%d+)$')
    if not last or tonumber(last) + gap < tonumber(now) then call('HDEL', KEYS[6], unknown[k]) end
  end
end

-- The same goes for the keys of these.
for _, part in ipairs({trimIndexes, forgetQueue, forgetTypes}) do
  local isDone, problem = pcall(part)
  if not isDone then
    problems[#problems + 1] = ''
    problems[#problems + 1] = reasonOf(problem)
  end
end

local dead = call('ZRANGE', KEYS[2], '-inf', string.format('%.0f', now - ARGV[3]), 'BYSCORE', 'LIMIT', 0, 16)
local reply = {now, nextDue, fired, #members - fired - #later, more, read(0, 'XLEN', KEYS[3]), lateness, trouble, #problems / 2}
for _, text in ipairs(problems) do reply[#reply + 1] = text end
for _, worker in ipairs(dead) do reply[#reply + 1] = worker end
return reply
