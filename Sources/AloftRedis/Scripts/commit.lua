#!lua flags=allow-oom
-- uses shared.lua
-- The only writer of histories: appends one batch of events and carries out their effects, or writes nothing.
-- KEYS  1 instance  2 history  3 inbox  4 activities  5 fence of the worker  6 stream of the receipt (absent without one)
-- ARGV  1 base  2 instance id  3 execution  4 worker  5 transition id  6 expected length  7 new length
--       8 resident: 1 or 0  9 token of the receipt, or empty  10 its entry, or empty  11 consumed inputs
--       12 status after completion (c, f, x), or empty  13 default retention in ms  14 encoded batch, or empty
--       15 number of settled activities, then for each: command, attempt, delivery, entry or empty, stream or empty
--       then the number of new activities, then for each: command, w (eager) or q (queued), queue, blob
--       then the number of new timers, then for each: command, due in ms, encoded timerFired event
--       then the number of cancelled timers, then for each: command
--       Each argument costs Redis time: trailing zeros are left out.
-- reply {now, 1, input...} done, now or by an earlier try; inputs: what is left to do for this task
--       {now, 0} conflict; {now, 0, 1} likewise, and the receipt, no longer the instance's task, is put away
local base, id, execution, worker, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[9]
local consumed, completion = tonumber(ARGV[11]), ARGV[12]
local now = clock()
local state = call('HMGET', KEYS[1], 's', 'x', 'n', 't', 'y', 'o', 'p')
local task, owner = state[4] or '', state[6] or ''

-- A repeated call whose first answer was lost.
if state[5] == ARGV[5] and state[2] == execution then
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
  if wanted == 'q' then acked[#acked + 1] = at + 3 end
end

-- From here on it is written.
if ARGV[14] ~= '' then call('RPUSH', KEYS[2], ARGV[14]) end
for k = 1, #acked do putAway(ARGV[acked[k] + 1], ARGV[acked[k]]) end
local fields = {'n', ARGV[7], 'y', ARGV[5]}
local function set(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
local problem = state[7] or ''
if problem ~= '' then
  -- Only the commit of a task shows that the task no longer crashes; a quarantined instance has none.
  if token ~= '' or completion ~= '' then
    set('p', '')
  elseif not isQuarantined(problem) then
    set('p', string.match(problem, '^%d+') .. ':0:')
  end
end

if completion ~= '' then
  for k = 1, #gone do flight[gone[k]] = nil end
  for command, value in pairs(flight) do
    if string.sub(command, 1, 1) == 't' then
      call('ZREM', base .. 'due', dueMember('t', id, execution, string.sub(command, 2)))
    else
      local _, _, place, queue, ref = readActivity(value)
      if place == 'q' then
        putAway(base .. 'q:a:' .. queue, ref)
      elseif place == 'r' then
        call('ZREM', base .. 'due', dueMember('r', id, execution, command))
      elseif ref ~= worker then
        call('SREM', base .. 'res:' .. ref, id)
      end
    end
  end
  if token ~= '' then
    putAway(KEYS[6], ARGV[10])
  else
    dropTask(base, id, execution, call('HGET', KEYS[1], 'q'), task)
  end
  if owner ~= '' and owner ~= worker then call('SREM', base .. 'res:' .. owner, id) end
  call('SREM', base .. 'res:' .. worker, id)
  set('s', completion)
  set('f', now)
  if task ~= '' then set('t', '') end
  if owner ~= '' then set('o', '') end
  local last = call('HMGET', KEYS[1], 'v', 'r')
  local waiters, retention = last[1], tonumber(last[2] or ARGV[13])
  if waiters then
    -- Whoever waits must be able to read the result.
    if retention < 10000 then retention = 10000 end
    set('v', '')
  end
  call('HSET', KEYS[1], unpack(fields))
  -- Also the inbox of an instance without a task: a quarantined one may have inputs.
  call('UNLINK', KEYS[3], KEYS[4])
  local expiry = string.format('%.0f', now + retention)
  call('PEXPIREAT', KEYS[1], expiry)
  call('PEXPIREAT', KEYS[2], expiry)
  call('PEXPIREAT', base .. 'd:' .. id, expiry)
  call('ZADD', base .. 'expiring', expiry, id)
  if waiters then
    for store in string.gmatch(waiters, '[^,]+') do call('PUBLISH', base .. 'done:' .. store, id) end
  end
  return {now, 1}
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
    pairsToSet[#pairsToSet + 1] = queueActivity(base, id, execution, command, '1', '1', queue, blob)
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
for first = 1, #gone, 2000 do
  call('HDEL', KEYS[4], unpack(gone, first, math.min(first + 1999, #gone)))
end

-- The inbox: what is left of it stays with the task.
local reply = {now, 1}
if token ~= '' then
  if waiting == consumed then
    call('DEL', KEYS[3])
    putAway(KEYS[6], ARGV[10])
    set('t', '')
  else
    if consumed > 0 then call('LTRIM', KEYS[3], consumed, -1) end
    addHead(reply, KEYS[3])
  end
end

-- Who has it resident.
local resident = ARGV[8] == '1'
if resident then
  if owner ~= worker then
    set('o', worker)
    call('SADD', base .. 'res:' .. worker, id)
  end
elseif owner == worker then
  set('o', '')
  dropResidency(base, id, worker)
elseif eager then
  call('SADD', base .. 'res:' .. worker, id)
end
call('HSET', KEYS[1], unpack(fields))
return reply
