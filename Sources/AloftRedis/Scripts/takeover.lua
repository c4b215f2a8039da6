#!lua flags=allow-oom
-- uses shared.lua, bytes.lua
-- Returns what a worker holds to the queues, in bounded steps; the last step forgets the worker.
-- KEYS  1 workers  2 registration  3 own stream  4 fence  5 residents  6 trials  7 received
-- ARGV  1 base  2 worker  3 d: it is dead, l: it leaves  4 lease in ms  5 most units of work in this step
--       6 crashes after which it is not tried again if nothing else can have caused the last
--       7 to 9 encoded activityFailed event: what stands before the command, before the message and after it  10 message of that event, between the number of crashes and the name of the
--       activity  11 problem of an instance that is quarantined, behind "quarantined: " and the number of crashes
--       12 crashes after which it is not tried again in any case
--       13 the same as 8 if a backtrace follows the message
-- reply {now, 0 not done yet / 1 done / 2 it lives, units moved, 1 if it is dead, 0 if it leaves, then instance and what is
--       wrong with it...}: that of one must not keep the rest from being taken over; the audit comes back to it
local base, worker, dies = ARGV[1], ARGV[2], ARGV[3] == 'd'
local left, most = tonumber(ARGV[5]), tonumber(ARGV[6])
local now = clock()
local beat = call('ZSCORE', KEYS[1], worker)
if not beat then return {now, 1, 0, 0} end
if dies and tonumber(beat) > now - ARGV[4] then return {now, 2, 0, 0} end
-- After the store was away for all, nobody is dead who has not had half a lease to come back: it would cost the innocent their
-- work, and count as a crash of all that they hold.
if dies and beat ~= '0' and tonumber(ARGV[4]) > 0 then
  local gap = tonumber(call('HGET', KEYS[7], 'gap') or 0)
  -- As in beat.lua, once for each silence: whoever looks for the dead may be back before anybody has beaten.
  local newest = tonumber(call('ZRANGE', KEYS[1], 0, 0, 'REV', 'WITHSCORES')[2])
  if newest > gap and now - newest > ARGV[4] * 0.75 then
    gap = tonumber(now)
    call('HSET', KEYS[7], 'gap', now)
  end
  if gap > now - ARGV[4] / 2 then return {now, 2, 0, 0} end
end
-- Score 0: it is dead; -1: it is leaving, and whoever finishes that counts no crashes either.
if beat == '-1' then dies = false end
local mark = dies and '0' or '-1'
if beat ~= mark then call('ZADD', KEYS[1], mark, worker) end
-- First of all, so that entries added below cannot go to a read of this worker that still waits.
call('DEL', KEYS[4])
local moved, problems = 0, {}
local function guarded(id, part, ...)
  local isDone, problem = pcall(part, ...)
  -- Some tell as much as all.
  if isDone or #problems >= 40 then return end
  problems[#problems + 1] = id
  problems[#problems + 1] = reasonOf(problem)
end

local function reply(progress)
  return {now, progress, moved, dies and 1 or 0, unpack(problems)}
end

local trials, tried = {}, 0
-- What its process wrote when it crashed, and that in one line.
local said, line
if dies then
  guarded('', function()
    local words = call('HMGET', KEYS[2], 'said', 'line')
    said, line = words[1], words[2]
  end)
  guarded('', function()
    for _, suspect in ipairs(call('SMEMBERS', KEYS[6])) do
      trials[suspect] = true
      tried = tried + 1
    end
  end)
end

-- How many crashes are put down to something in hand, and whether it is given up; the reasons are told at CrashLimit.
local function judge(suspect, before)
  if not dies or (before > 0 and tried > 0 and not trials[suspect]) then return before, false end
  local crashes = before + 1
  local isAlone = tried == 1 and trials[suspect]
  return crashes, crashes >= tonumber(ARGV[12]) or (crashes >= most and isAlone)
end

local varint, readVarint = byteCoding()

local function crash(command, crashes, blob)
  -- An activityScheduled event: format, kind, command, name.
  local _, at = readVarint(blob, 3)
  local length, start = readVarint(blob, at)
  local message = crashes .. ARGV[10] .. string.sub(blob, start, start + length - 1)
  local head = ARGV[7] .. varint(command)
  if not said then return head .. ARGV[8] .. varint(#message) .. message .. ARGV[9] end
  return head .. ARGV[13] .. varint(#message) .. message .. varint(#said) .. said .. ARGV[9]
end

local function requeueTask(id, execution, token, delivered)
  local instance = base .. 'i:' .. id
  local state = call('HMGET', instance, 's', 'x', 't', 'q', 'p')
  if state[1] ~= 'r' or state[2] ~= execution or state[3] ~= token then return end
  moved = moved + 1
  local crashes = tonumber(string.match(state[5] or '', '^%d+') or 0)
  if delivered then
    local isGuilty
    crashes, isGuilty = judge('w\0' .. id .. '\0' .. execution, crashes)
    if isGuilty then
      local problem = 'quarantined: ' .. crashes .. ARGV[11]
      if said then
        problem = problem .. ': ' .. (line or '')
        call('HSET', instance, 'l', said)
      end
      call('HSET', instance, 't', '', 'p', crashes .. ':1:' .. problem)
      call('SADD', base .. 'quarantined', id)
      return
    end
  end
  local task = queueTask(base, id, execution, state[4])
  if crashes > 0 then
    local problem = string.match(state[5] or '', '^%d+:0:(.*)$') or ''
    call('HSET', instance, 't', task, 'p', crashes .. ':0:' .. problem)
  else
    call('HSET', instance, 't', task)
  end
end

local function requeueActivity(id, execution, command, place, ref, wantedAttempt, wantedDelivery)
  local activities, instance = base .. 'a:' .. id, base .. 'i:' .. id
  local value = call('HGET', activities, command)
  if not value then return end
  local attempt, delivery, atPlace, queue, atRef, blob = readActivity(value)
  if atPlace ~= place or atRef ~= ref then return end
  local state = call('HMGET', instance, 'x', 't', 'o', 'q', 'p', 's')
  if state[6] ~= 'r' or state[1] ~= execution then return end
  moved = moved + 1
  local crashes, isGuilty = judge('a\0' .. id .. '\0' .. execution .. '\0' .. command, delivery - 1)
  if isGuilty then
    addInput(base, id, instance, base .. 'in:' .. id, state, now .. ':' .. crash(command, crashes, blob))
    call('HDEL', activities, command, 'f' .. command)
    return
  end
  delivery = string.format('%.0f', crashes + 1)
  call('HSET', activities, command, queueActivity(base, id, execution, command, attempt, delivery, queue, blob))
end

-- Executions that it has resident, and activities that it leased with their transitions.
local function releaseResident(id)
  local state = call('HMGET', base .. 'i:' .. id, 'x', 'o')
  if not state[1] then return end
  if state[2] == worker then
    call('HSET', base .. 'i:' .. id, 'o', '')
    moved = moved + 1
  end
  local flight = call('HGETALL', base .. 'a:' .. id)
  for k = 1, #flight, 2 do
    if string.find(flight[k], '^%d') then
      local _, _, place, _, ref = readActivity(flight[k + 1])
      if place == 'w' and ref == worker then
        guarded(id, requeueActivity, id, state[1], flight[k], 'w', worker)
      end
    end
  end
end
guarded('', function()
  local residents = call('SPOP', KEYS[5], left)
  for _, id in ipairs(residents) do guarded(id, releaseResident, id) end
  left = left - #residents
end)

local function fieldsOf(entry)
  local fields = {}
  for k = 1, #entry[2], 2 do fields[entry[2][k]] = entry[2][k + 1] end
  return fields
end

local function putAllAway(stream, entries)
  if #entries == 0 then return end
  redis.pcall('XACK', stream, 'g', unpack(entries))
  call('XDEL', stream, unpack(entries))
end

-- Its own stream; only what was delivered to it counts as tried.
if left > 0 then
  local entries = redis.pcall('XRANGE', KEYS[3], '-', '+', 'COUNT', left)
  if not entries.err and #entries > 0 then
    local delivered, done = {}, {}
    local pending = redis.pcall('XPENDING', KEYS[3], 'g', '-', '+', left)
    if not pending.err then
      for _, item in ipairs(pending) do delivered[item[1]] = true end
    end
    for _, entry in ipairs(entries) do
      local fields = fieldsOf(entry)
      if fields.i and fields.x then
        guarded(fields.i, requeueTask, fields.i, fields.x, 'w' .. entry[1] .. '|' .. worker, delivered[entry[1]])
      end
      done[#done + 1] = entry[1]
    end
    putAllAway(KEYS[3], done)
    left = left - #entries
  end
end

-- What it holds of the queues.
local registration = redis.pcall('HMGET', KEYS[2], 'w', 'a')
local streams = {}
for name in string.gmatch(registration[1] or '', '[^%z]+') do streams[#streams + 1] = {base .. 'q:w:' .. name, true} end
for name in string.gmatch(registration[2] or '', '[^%z]+') do streams[#streams + 1] = {base .. 'q:a:' .. name, false} end
if not registration[1] then
  -- Its registration is lost. It may have served any of them.
  for _, name in ipairs(call('SMEMBERS', base .. 'queues')) do
    streams[#streams + 1] = {base .. 'q:' .. name, string.sub(name, 1, 1) == 'w'}
  end
end
for _, item in ipairs(streams) do
  local stream, ofWorkflows = item[1], item[2]
  if left > 0 then
    local pending = redis.pcall('XPENDING', stream, 'g', '-', '+', left, worker)
    if not pending.err and #pending > 0 then
      local done = {}
      for _, held in ipairs(pending) do
        local entry = call('XRANGE', stream, held[1], held[1])[1]
        if entry then
          local fields = fieldsOf(entry)
          if ofWorkflows and fields.i and fields.x then
            guarded(fields.i, requeueTask, fields.i, fields.x, 'q' .. held[1], true)
          elseif fields.i and fields.x and fields.c then
            guarded(fields.i, requeueActivity, fields.i, fields.x, fields.c, 'q', held[1])
          end
        end
        done[#done + 1] = held[1]
      end
      putAllAway(stream, done)
      left = left - #pending
    end
  end
end
if left <= 0 then return reply(0) end

-- Nothing is left of it.
for _, item in ipairs(streams) do redis.pcall('XGROUP', 'DELCONSUMER', item[1], 'g', worker) end
call('DEL', KEYS[2], KEYS[3], KEYS[5], KEYS[6])
call('ZREM', KEYS[1], worker)
return reply(1)
