-- Helpers that stand before the body of every script that asks for them with a line "-- uses shared.lua".
--
-- Values that several scripts read and write:
--   instance hash  x execution, w workflow, q queue, s status (r running, c completed, f failed, x cancelled,
--                  t terminated, o timed out), n length of the history, c created, f finished, o owner, t token of its
--                  workflow task, y id of the last transition, v stores whose clients wait, each as "<store>:<ms>" with the
--                  moment at which it last asked, r retention, p what is
--                  wrong: "<crashes>:<1 if quarantined, else 0>:<problem>", l what the worker said last whose death it
--                  was quarantined for, b when its delayed start is due, e when its
--                  execution timeout is due, m memo, g first execution if it has continued as new, k execution that
--                  was asked to cancel before anything of it was recorded, u first execution of the instance that its start
--                  terminated, h what its code waits for (a `WaitSummary`), a whose sub-workflow it is: "<base>\0<parent>\0<its execution>\0<command>". An absent
--                  field and an empty one mean the same. A base is empty if the partition is the same.
--   token          where the workflow task of an instance is: "q<entry>" on its queue, "w<entry>|<worker>" on the own
--                  stream of a worker, "d" in the due set.
--   activities     hash: command -> "<attempt>:<delivery>:<place>:<queue>\0<ref>\0<blob>"; place w: leased with the
--                  transition by the worker <ref>, q: in the queue as entry <ref>, r: waits in the due set until <ref>.
--                  "f<command>" -> encoded activityFailed event of the attempt before.
--                  "t<command>" -> encoded timerFired event of a timer that has not fired.
--                  "c<command>" -> "<close policy>:<base>\0<instance>\0<execution>" of a sub-workflow that has not ended.
--   due set        "t\0<instance>\0<execution>\0<command>" timer, "r\0…" the same for an activity that waits for its
--                  next try, "w\0<instance>\0<execution>" workflow task that waits, "e\0<instance>\0<execution>" the
--                  end of its execution timeout. Commands have ten digits there, so that what is due at the same moment
--                  comes in their order.
--   trials         set, one per worker: "a\0<instance>\0<execution>\0<command>" for an activity, "w\0<instance>\0<execution>"
--                  for a workflow task, which were in the hands of a worker that died and have been begun by this one;
--                  of all partitions, in each.
--   quarantined    set: ids of the instances that are quarantined.
--   queues         set: "w:<queue>" and "a:<queue>" for every stream of tasks that exists.
--   input          "<ms>:<blob>".
local call = redis.call

-- Milliseconds since 1970 by the clock of Redis, in digits: formatting numbers is what costs.
local function clock()
  local time = call('TIME')
  return time[1] .. string.sub('00000' .. time[2], -6, -4)
end

local function dueMember(kind, id, execution, command)
  return kind .. '\0' .. id .. '\0' .. execution .. '\0' .. string.format('%010d', command)
end

-- Whether a worker holds an entry of a queue. If the stream was lost, what the instance says about it is enough.
local function isHeld(stream, entry, worker)
  local pending = redis.pcall('XPENDING', stream, 'g', entry, entry, 1)
  return pending.err ~= nil or (pending[1] ~= nil and pending[1][2] == worker)
end

-- Takes an entry out of a stream, whether it was delivered or not. Acknowledged first: XDEL alone leaves it pending. Of a key
-- that is no stream there is nothing to take.
local function putAway(stream, entry)
  redis.pcall('XACK', stream, 'g', entry)
  redis.pcall('XDEL', stream, entry)
end

-- What is wrong, in words, by what pcall answered: data that nobody should have written, as a key of another type.
local function reasonOf(problem)
  return type(problem) == 'table' and tostring(problem.err) or tostring(problem)
end

-- The same as a reply: with the code that Redis gave it, or as what Redis says of a script that fails.
local function failedBy(problem)
  local text = reasonOf(problem)
  local code = string.match(text, '^%u+')
  if code and code ~= 'ERR' and string.find(text, '^%u+ ') then return redis.error_reply(text) end
  return redis.error_reply('ERR user_script: ' .. text)
end

-- Takes away the entry or the due member that a token stands for.
local function dropTask(base, id, execution, queue, token)
  if not token or token == '' then return end
  if token == 'd' then
    call('ZREM', base .. 'due', 'w\0' .. id .. '\0' .. execution)
    return
  end
  local kind, entry, worker = string.match(token, '^(%a)([%d-]+)|?(.*)$')
  if not kind then return end
  putAway(base .. (kind == 'w' and 'w:' .. worker or 'q:w:' .. queue), entry)
end

-- Adds an entry to the stream of a queue. A stream that has to be made is noted, so that queues can be listed.
local function enqueue(base, kind, queue, ...)
  local stream = base .. 'q:' .. kind .. ':' .. queue
  local entry = call('XADD', stream, 'NOMKSTREAM', '*', ...)
  if entry then return entry end
  call('SADD', base .. 'queues', kind .. ':' .. queue)
  return call('XADD', stream, '*', ...)
end

-- Queues a workflow task and returns its token. A worker's own stream exists exactly as long as the worker is known, so
-- NOMKSTREAM answers whether the owner still lives. Small inputs ride along.
local function queueTask(base, id, execution, queue, owner, input)
  if input and #input > 4096 then input = nil end
  if owner and owner ~= '' then
    local stream = base .. 'w:' .. owner
    local entry
    if input then
      entry = call('XADD', stream, 'NOMKSTREAM', '*', 'i', id, 'x', execution, 'd', input)
    else
      entry = call('XADD', stream, 'NOMKSTREAM', '*', 'i', id, 'x', execution)
    end
    if entry then return 'w' .. entry .. '|' .. owner end
  end
  if input then return 'q' .. enqueue(base, 'w', queue, 'i', id, 'x', execution, 'd', input) end
  return 'q' .. enqueue(base, 'w', queue, 'i', id, 'x', execution)
end

-- Attempt, delivery, place, queue, ref and blob of an activity in flight.
local function readActivity(value)
  local _, _, attempt, delivery, place, queue, ref, start =
    string.find(value, '^(%d+):(%d+):(%a):([^%z]*)%z([^%z]*)%z()')
  if not start then return nil end
  return attempt, delivery, place, queue, ref, string.sub(value, start)
end

-- Queues an activity; the entry holds all that a worker needs. Returns the value for the activities hash.
local function queueActivity(base, id, execution, command, attempt, delivery, queue, blob)
  local entry = enqueue(base, 'a', queue,
    'i', id, 'x', execution, 'c', command, 'a', attempt, 'n', delivery, 'b', blob)
  return attempt .. ':' .. delivery .. ':q:' .. queue .. '\0' .. entry .. '\0' .. blob
end

local function isQuarantined(problem)
  return string.find(problem or '', '^%d+:1:') ~= nil
end

-- Whether an input of this id was delivered. `delivered` names the sorted set of ids by the moment of their delivery.
local function isDelivered(delivered, id) return call('ZSCORE', delivered, id) ~= false end

-- Notes the id of an input. Answers false if it was delivered already. As DeliveryMemory tells, an id is remembered for seven
-- days while it is among the last 100,000; each call forgets a few more than it adds.
local function noteDelivery(delivered, id, now)
  if call('ZADD', delivered, 'NX', now, id) == 0 then return false end
  local over = call('ZCARD', delivered) - 100000
  if over > 0 then call('ZPOPMIN', delivered, math.min(over, 10)) end
  local old = call('ZRANGE', delivered, '-inf', string.format('(%.0f', now - 604800000), 'BYSCORE', 'LIMIT', 0, 10)
  if #old > 0 then call('ZREM', delivered, unpack(old)) end
  return true
end

-- Puts an input into the inbox of a running instance and queues a task unless it has one or is quarantined.
-- `state` holds the fields x, t, o, q, p in this order.
local function addInput(base, id, instanceKey, inboxKey, state, input)
  -- What may fail comes first: an entry of a queue that no instance knows is put away.
  local token
  if (state[2] or '') == '' and not isQuarantined(state[5]) then
    token = queueTask(base, id, state[1], state[4], state[3], input)
  end
  call('RPUSH', inboxKey, input)
  if token then call('HSET', instanceKey, 't', token) end
end

-- Lets a delayed start begin: it has its task from now on, and the time of its code begins now. Answers the token.
local function begin(base, id, execution, queue, now)
  local inbox = base .. 'in:' .. id
  local started = call('LINDEX', inbox, 0)
  local colon = started and string.find(started, ':', 1, true)
  if colon then started = now .. string.sub(started, colon, -1) end
  local token = queueTask(base, id, execution, queue, nil, started or nil)
  if colon then call('LSET', inbox, 0, started) end
  call('HDEL', base .. 'i:' .. id, 'b')
  call('HSET', base .. 'i:' .. id, 't', token)
  return token
end

-- Takes the delay from a start that is still to come. `begins` is field b. Answers the token of its task.
local function hasten(base, id, execution, queue, token, begins, now)
  if (begins or '') == '' or token ~= 'd' then return token end
  token = begin(base, id, execution, queue, now)
  call('ZREM', base .. 'due', 'w\0' .. id .. '\0' .. execution)
  return token
end

-- Lists a new instance. One that expired since the last tick may be listed under its id still, also as finished.
local function enlist(base, id, now)
  if call('ZADD', base .. 'instances', now, id) == 1 then return end
  for _, letter in ipairs({'c', 'f', 'x', 't', 'o'}) do call('ZREM', base .. 'expiring:' .. letter, id) end
end

-- What a request to cancel does to the task of an instance. `length` is field n, `begins` field b. It does not wait for the
-- moment of a delayed start; and if nothing of the execution is recorded yet, the code is to see the request before it runs:
-- a task that brings less than the whole inbox is replaced, once, by one that reads it. Answers the token.
local function prepareToCancel(base, id, execution, queue, token, length, begins, now)
  local instance = base .. 'i:' .. id
  token = hasten(base, id, execution, queue, token, begins, now)
  if length ~= '0' or (token or '') == '' or call('HGET', instance, 'k') == execution then return token end
  if token == 'd' then
    call('HSET', instance, 'k', execution)
    return token
  end
  local replacement = queueTask(base, id, execution, queue)
  dropTask(base, id, execution, queue, token)
  call('HSET', instance, 'k', execution, 't', replacement)
  return replacement
end

-- The fields that tell the state of an instance, as `Reply.state` reads them.
local function stateOf(instanceKey)
  return call('HMGET', instanceKey, 'x', 'w', 'q', 's', 'n', 'c', 'f', 'o', 'p', 'b', 'e', 'a', 'm', 'h')
end

-- Ends the residency of an instance; it stays listed under the worker while that has eager leases of it.
-- With much in flight it stays listed without a look, since that would read every payload.
local function dropResidency(base, id, worker)
  if call('HLEN', base .. 'a:' .. id) > 16 then return end
  for _, value in ipairs(call('HVALS', base .. 'a:' .. id)) do
    local _, _, place, _, ref = readActivity(value)
    if place == 'w' and ref == worker then return end
  end
  call('SREM', base .. 'res:' .. worker, id)
end

-- Appends the head of an inbox to a reply: at most 100 inputs or, beyond the first, 256 KiB.
local function addHead(reply, inboxKey)
  local bytes, first = 0, 0
  while first < 100 do
    local page = call('LRANGE', inboxKey, first, first + 24)
    for _, input in ipairs(page) do
      bytes = bytes + #input
      if bytes > 262144 and #input < bytes then return end
      reply[#reply + 1] = input
    end
    if #page < 25 then return end
    first = first + 25
  end
end
