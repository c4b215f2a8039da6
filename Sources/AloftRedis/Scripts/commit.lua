#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua
-- The only writer of histories: appends one batch of events and carries out their effects, or writes nothing.
-- KEYS  1 instance  2 history  3 inbox  4 activities  5 fence of the worker  6 stream of the receipt (absent without one)
-- ARGV  1 base  2 instance id  3 execution  4 worker  5 transition id  6 expected length  7 new length
--       8 resident: 1 or 0, and if that is news ':' and what the code waits for  9 token of the receipt, or empty  10 its entry, or empty  11 consumed inputs
--       12 status after completion (c, f, x), n for continued as new, or empty  13 default retention in ms
--       14 encoded batch, or empty
--       15 number of settled activities, then for each: command, attempt, delivery, entry or empty, stream or empty
--       then the number of new activities, then for each: command, w (eager) or q (queued), queue, blob
--       then the number of new timers, then for each: command, due in ms, encoded timerFired event
--       then the number of cancelled timers, then for each: command
--       then the number of sub-workflows, then for each: command, base or empty, id, execution, workflow, queue,
--       retention in ms or empty, execution timeout in ms or empty, memo or empty, close policy, encoded started event
--       then the number of signals, then for each: command, base or empty, id, encoded event
--       then the number of sub-workflows to cancel, then for each: command
--       then, most inputs that may wait; with n: execution, workflow, queue, ms to keep the history for, encoded started
--       event, number of signals that go along, each as encoded event.
--       Each argument costs Redis time: trailing zeros are left out. The last transition has no activities or timers.
-- reply {now, 1 or 2, input...} done, now or by an earlier try; 2: there are messages in the outbox; inputs: what is
--       left to do for this task
--       {now, 0} conflict; {now, 0, 1} likewise, and the receipt, no longer the instance's task, is put away
local base, id, execution, worker, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[9]
local consumed, completion = tonumber(ARGV[11]), ARGV[12]
local now = clock()
local state
if completion == '' then
  state = call('HMGET', KEYS[1], 's', 'x', 'n', 't', 'y', 'o', 'p')
else
  state = call('HMGET', KEYS[1], 's', 'x', 'n', 't', 'y', 'o', 'p', 'q', 'v', 'r', 'a', 'e', 'g')
end
local task, owner = state[4] or '', state[6] or ''

-- A repeated call whose first answer was lost. The transition that continued as new has changed the execution.
if state[5] == ARGV[5] and (state[2] == execution or completion == 'n') then
  local reply = {now, 1}
  if token ~= '' and task == token then addHead(reply, KEYS[3]) end
  return reply
end

if call('EXISTS', KEYS[5]) == 0 then return {now, 0} end
if state[1] ~= 'r' or state[2] ~= execution or (token ~= '' and task ~= token) then
  if token == '' then return {now, 0} end
  putAway(KEYS[6], ARGV[10])
  return {now, 0, 1}
end
if state[3] ~= ARGV[6] then return {now, 0} end
local waiting = 0
if token ~= '' then
  waiting = call('LLEN', KEYS[3])
  if waiting < consumed then return {now, 0} end
end

local resident = string.byte(ARGV[8]) == 49
-- What is in flight: all of it for the last transition, which clears it away, otherwise what is to be settled.
local settledCount = tonumber(ARGV[15])
local flight = {}
if completion ~= '' then
  local all = call('HGETALL', KEYS[4])
  for k = 1, #all, 2 do flight[all[k]] = all[k + 1] end
elseif settledCount == 1 then
  flight[ARGV[16]] = call('HGET', KEYS[4], ARGV[16])
else
  for k = 1, settledCount do
    local command = ARGV[11 + 5 * k]
    flight[command] = call('HGET', KEYS[4], command)
  end
end
local gone, acked = {}, {}
for k = 1, settledCount do
  local at = 11 + 5 * k
  local value = flight[ARGV[at]]
  if not value then return {now, 0} end
  local attempt, delivery, place, _, ref = readActivity(value)
  local wanted = ARGV[at + 3] ~= '' and 'q' or 'w'
  if attempt ~= ARGV[at + 1] or delivery ~= ARGV[at + 2] or place ~= wanted
    or ref ~= (wanted == 'w' and worker or ARGV[at + 3])
    or (wanted == 'q' and not isHeld(ARGV[at + 4], ref, worker)) then
    return {now, 0}
  end
  gone[#gone + 1] = ARGV[at]
  if attempt ~= '1' then gone[#gone + 1] = 'f' .. ARGV[at] end
  if wanted == 'q' then acked[#acked + 1] = at + 3 end
end

-- From here on it is written. What may fail, at keys that others have taken, comes before what cannot be taken back.
local isAppended, queued = false, {}
local function write()
  if ARGV[14] ~= '' then
    call('RPUSH', KEYS[2], ARGV[14])
    isAppended = true
  end
  local fields = {'n', ARGV[7], 'y', ARGV[5]}
  local function set(name, value)
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
  if #ARGV[8] > 1 then set('h', string.sub(ARGV[8], 3)) end
  local problem = state[7] or ''
  if problem ~= '' then
    -- Only the commit of a task shows that the task no longer crashes; a quarantined instance has none.
    if token ~= '' or completion ~= '' then
      set('p', '')
    elseif not isQuarantined(problem) then
      set('p', string.match(problem, '^%d+') .. ':0:')
    end
  end

  -- Activities and timers.
  local at = 16 + 5 * settledCount
  local pairsToSet, eager = {}, false
  local function flush()
    if #pairsToSet > 0 then call('HSET', KEYS[4], unpack(pairsToSet)) end
    pairsToSet = {}
  end
  local count = tonumber(ARGV[at] or 0)
  at = at + 1
  for _ = 1, count do
    local command, place, queue, blob = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    pairsToSet[#pairsToSet + 1] = command
    if place == 'w' then
      eager = true
      pairsToSet[#pairsToSet + 1] = '1:1:w:' .. queue .. '\0' .. worker .. '\0' .. blob
    else
      local value = queueActivity(base, id, execution, command, '1', '1', queue, blob)
      pairsToSet[#pairsToSet + 1] = value
      queued[#queued + 1] = value
    end
    if #pairsToSet >= 2000 then flush() end
    at = at + 4
  end
  count = tonumber(ARGV[at] or 0)
  at = at + 1
  local due = {}
  for _ = 1, count do
    pairsToSet[#pairsToSet + 1] = 't' .. ARGV[at]
    pairsToSet[#pairsToSet + 1] = ARGV[at + 2]
    due[#due + 1] = ARGV[at + 1]
    due[#due + 1] = dueMember('t', id, execution, ARGV[at])
    if #due >= 2000 then
      call('ZADD', base .. 'due', unpack(due))
      due = {}
    end
    if #pairsToSet >= 2000 then flush() end
    at = at + 3
  end
  if #due > 0 then call('ZADD', base .. 'due', unpack(due)) end
  flush()
  count = tonumber(ARGV[at] or 0)
  at = at + 1
  local unwanted = {}
  for _ = 1, count do
    gone[#gone + 1] = 't' .. ARGV[at]
    unwanted[#unwanted + 1] = dueMember('t', id, execution, ARGV[at])
    if #unwanted >= 2000 then
      call('ZREM', base .. 'due', unpack(unwanted))
      unwanted = {}
    end
    at = at + 1
  end
  if #unwanted > 0 then call('ZREM', base .. 'due', unpack(unwanted)) end

  -- Other instances: sub-workflows, signals, requests to cancel; in this order.
  local lib
  if ARGV[at] then
    count = tonumber(ARGV[at])
    local subs, signals = at + 1, at + 2 + 11 * count
    local signalCount = tonumber(ARGV[signals - 1])
    local cancels = signals + 1 + 4 * signalCount
    local cancelCount = tonumber(ARGV[cancels - 1])
    at = cancels + cancelCount
    lib = instances(base, now, ARGV[13], tonumber(ARGV[at]))
    lib.own, lib.waiting = id, token ~= '' and waiting - consumed or call('LLEN', KEYS[3])
    local started = {}
    for k = subs, subs + 11 * (count - 1), 11 do
      local command, target, child = ARGV[k], ARGV[k + 1], ARGV[k + 2]
      local link = (target == '' and '' or base) .. '\0' .. id .. '\0' .. execution .. '\0' .. command
      local isStarted = true
      if target == '' then
        isStarted = child ~= id and lib.startChild(child, {execution = ARGV[k + 3], workflow = ARGV[k + 4],
          queue = ARGV[k + 5], retention = ARGV[k + 6], timeout = ARGV[k + 7], memo = ARGV[k + 8], parent = link,
          body = ARGV[k + 10]})
      else
        lib.send(target, 's', 'i', child, 'x', ARGV[k + 3], 'w', ARGV[k + 4], 'q', ARGV[k + 5], 'r', ARGV[k + 6],
          'u', ARGV[k + 7], 'm', ARGV[k + 8], 'a', link, 'd', ARGV[k + 10])
      end
      if isStarted then
        local value = ARGV[k + 9] .. ':' .. target .. '\0' .. child .. '\0' .. ARGV[k + 3]
        started['c' .. command] = value
        pairsToSet[#pairsToSet + 1] = 'c' .. command
        pairsToSet[#pairsToSet + 1] = value
        if #pairsToSet >= 2000 then flush() end
      else
        lib.mine[#lib.mine + 1] = now .. ':' .. lib.refused(child, command)
      end
    end
    flush()
    for k = signals, signals + 4 * (signalCount - 1), 4 do
      local command, target, to = ARGV[k], ARGV[k + 1], ARGV[k + 2]
      local delivery = execution .. '/' .. command
      if target == '' then
        local outcome = lib.signalOutcome(command, lib.signal(to, delivery, ARGV[k + 3]))
        lib.mine[#lib.mine + 1] = now .. ':' .. outcome
      else
        lib.send(target, 'g', 'i', to, 'e', delivery, 'd', ARGV[k + 3], 'f', base, 'h', id, 'x', execution, 'c', command)
      end
    end
    for k = cancels, cancels + cancelCount - 1 do
      local value = started['c' .. ARGV[k]] or call('HGET', KEYS[4], 'c' .. ARGV[k])
      if value then
        local target, child = string.match(value, '^%d:([^%z]*)%z([^%z]*)%z')
        local link = (target == '' and '' or base) .. '\0' .. id .. '\0' .. execution .. '\0' .. ARGV[k]
        local body = lib.cancelRequested('its parent ' .. id .. ' cancelled it')
        if target == '' then
          lib.cancel(child, link, body)
        else
          lib.send(target, 'c', 'i', child, 'a', link, 'd', body)
        end
      end
    end
    if completion ~= '' then
      for command, value in pairs(started) do flight[command] = value end
    end
  end

  -- The end of the execution.
  if completion ~= '' then
    lib = lib or instances(base, now, ARGV[13], 0)
    lib.own = id
    for k = 1, #gone do flight[gone[k]] = nil end
    if owner ~= '' and owner ~= worker then call('SREM', base .. 'res:' .. owner, id) end
    call('SREM', base .. 'res:' .. worker, id)
    if completion == 'n' then
      local next = {execution = ARGV[at + 1], workflow = ARGV[at + 2], queue = ARGV[at + 3],
        keep = tonumber(ARGV[at + 4]), body = ARGV[at + 5], signals = {}}
      for k = 1, tonumber(ARGV[at + 6]) do next.signals[k] = ARGV[at + 6 + k] end
      lib.continue(id, execution, next, {state[12], state[13]}, flight, consumed, worker, {'y', ARGV[5]})
    else
      if task ~= '' then set('t', '') end
      if owner ~= '' then set('o', '') end
      local last = {unpack(state, 9, 13)}
      local body = (last[3] or '') ~= '' and lib.lastOf(ARGV[14])
      lib.close(id, execution, completion, last, flight, worker, fields, body)
    end
    -- The instance says so now: what may fail below leaves the end in the history.
    isAppended = false
    if token ~= '' then putAway(KEYS[6], ARGV[10]) else dropTask(base, id, execution, state[8], task) end
    for k = 1, #acked do putAway(ARGV[acked[k] + 1], ARGV[acked[k]]) end
    lib.closeAll()
    return {now, lib.sent > 0 and 2 or 1}
  end

  -- Who has it resident.
  if resident then
    if owner ~= worker then
      set('o', worker)
      call('SADD', base .. 'res:' .. worker, id)
    end
  elseif owner == worker then
    set('o', '')
  elseif eager then
    call('SADD', base .. 'res:' .. worker, id)
  end
  local mine = lib and lib.mine or {}
  if token == '' and #mine > 0 and task == '' and not isQuarantined(problem) then
    set('t', queueTask(base, id, execution, call('HGET', KEYS[1], 'q'), resident and worker or owner, mine[1]))
  end
  for first = 1, #gone, 2000 do
    call('HDEL', KEYS[4], unpack(gone, first, math.min(first + 1999, #gone)))
  end
  if not resident and owner == worker then pcall(dropResidency, base, id, worker) end
  for k = 1, #acked do putAway(ARGV[acked[k] + 1], ARGV[acked[k]]) end

  -- The inbox: what is left of it, and what has come by this transition, stays with the task.
  for first = 1, #mine, 2000 do call('RPUSH', KEYS[3], unpack(mine, first, math.min(first + 1999, #mine))) end
  local reply = {now, lib and lib.sent > 0 and 2 or 1}
  if token ~= '' then
    if waiting + #mine == consumed then
      call('DEL', KEYS[3])
      putAway(KEYS[6], ARGV[10])
      set('t', '')
    else
      if consumed > 0 then call('LTRIM', KEYS[3], consumed, -1) end
      addHead(reply, KEYS[3])
    end
  end
  call('HSET', KEYS[1], unpack(fields))
  return reply
end

local isDone, result = pcall(write)
if isDone then return result end
if isAppended then
  -- A history that is longer than the instance says could never be continued.
  redis.pcall('RPOP', KEYS[2])
  -- The next try queues and sets these anew. Sub-workflows have begun: starting one twice changes nothing.
  for _, value in ipairs(queued) do
    local _, _, _, queue, entry = readActivity(value)
    putAway(base .. 'q:a:' .. queue, entry)
  end
  local at = 16 + 5 * settledCount
  for _ = 1, tonumber(ARGV[at] or 0) do
    redis.pcall('HDEL', KEYS[4], ARGV[at + 1])
    at = at + 4
  end
  at = at + 1
  for _ = 1, tonumber(ARGV[at] or 0) do
    redis.pcall('HDEL', KEYS[4], 't' .. ARGV[at + 1])
    redis.pcall('ZREM', base .. 'due', dueMember('t', id, execution, ARGV[at + 1]))
    at = at + 3
  end
end
return failedBy(result)
