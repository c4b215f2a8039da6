-- What contradicts the invariants of instances, and how it is repaired. Comes behind shared.lua and instances.lua.
--
-- A finding is four texts: kind, instance or empty, what is wrong, and 0: it stays, 1: it is repaired, or what the store has
-- to do about it, as audit.lua tells. Commands of Redis are counted by what an instance has, not by what it holds: about ten
-- for one that waits, one or two more for each activity, timer and sub-workflow in flight.
--
-- `repairs`: whether to write. `retention` of finished instances in ms.
local function auditing(base, now, repairs, retention)
  local M = {findings = {}, looked = 0, lib = instances(base, now, retention, 0)}
  local most = 500

  -- `repair` may be absent.
  function M.note(kind, id, text, repair)
    local state = '0'
    if repair and repairs then
      repair()
      state = '1'
    end
    for _, value in ipairs({kind, id, text, state}) do M.findings[#M.findings + 1] = value end
  end
  local note = M.note

  -- Leaves something to the store: it needs more than this script may read.
  function M.ask(kind, id, text, what)
    for _, value in ipairs({kind, id, text, what}) do M.findings[#M.findings + 1] = value end
  end

  -- Workers that are dead or leaving count as known: whoever ticks takes from them what they hold.
  local workers = {}
  function M.isKnown(worker)
    if workers[worker] == nil then workers[worker] = call('ZSCORE', base .. 'workers', worker) ~= false end
    return workers[worker]
  end

  -- Has what an unknown worker left be taken over like that of one that leaves, which counts no crashes.
  function M.dismiss(worker)
    call('ZADD', base .. 'workers', 'NX', -1, worker)
    workers[worker] = true
  end

  local statuses = {}
  function M.statusOf(id)
    if statuses[id] == nil then statuses[id] = call('HGET', base .. 'i:' .. id, 's') end
    return statuses[id]
  end

  -- Whether a live worker has taken an entry: it may work on it though the entry itself is gone.
  local function isTaken(stream, entry)
    local pending = redis.pcall('XPENDING', stream, 'g', entry, entry, 1)
    return not pending.err and pending[1] ~= nil and M.isKnown(pending[1][2])
  end

  local function isThere(stream, entry)
    return #call('XRANGE', stream, entry, entry) > 0 or isTaken(stream, entry)
  end

  local varint, readVarint = byteCoding()

  -- The first and the last number in a batch by its head. One that is cut off has none that its instance could have.
  local function numbersOf(batch)
    local isRead, first, at = pcall(readVarint, batch, 2)
    local isCounted, count = pcall(readVarint, batch, at)
    if not isRead or not isCounted then return -1, -1 end
    return first, first + count - 1
  end

  -- The last number of a history, and what is wrong with the numbers before it, if anything. To look at all batches is to
  -- read all payloads: only while nothing is to be repaired, and only at the first of a large history.
  local function checkNumbers(id)
    local key = base .. 'h:' .. id
    local batch = call('LINDEX', key, -1)
    if not batch then return 0 end
    local first, last = numbersOf(batch)
    local following, room, index = 1, 262144, 0
    while not repairs and first > following and room > 0 and index < 64 do
      local earlier = call('LINDEX', key, index)
      if not earlier then break end
      local from, to = numbersOf(earlier)
      if from ~= following then
        return last, string.format('event %.0f of its history is where %.0f should be', from, following)
      end
      following, room, index = to + 1, room - #earlier, index + 1
    end
    if not repairs and (first < following or (first == following and index + 1 < call('LLEN', key))) then
      return last, string.format('event %.0f of its history comes twice', first)
    end
    return last
  end

  -- What a parent is told of a sub-workflow: how it ended or, without an end, that it is lost.
  function M.outcome(command, child, batch)
    if not batch then
      return M.lib.failed(8, command, 6, 'InstanceNotFound', 'sub-workflow ' .. child .. ' is gone, and how it ended is not known')
    end
    local body = M.lib.lastOf(batch)
    return '\1' .. (string.byte(body, 2) == 68 and '\7' or '\8') .. varint(command) .. string.sub(body, 3)
  end

  -- What is known of a sub-workflow: whether it runs, and the batch with its end if it is there.
  function M.childState(child, execution)
    local state = call('HMGET', base .. 'i:' .. child, 'x', 'g', 's')
    if not state[1] or (state[1] ~= execution and state[2] ~= execution) then return false, nil end
    if state[3] == 'r' then return true, nil end
    return false, call('LINDEX', base .. 'h:' .. child, -1) or nil
  end

  local function checkFinished(id, state, left)
    local history, index = base .. 'h:' .. id, base .. 'expiring:' .. state[2]
    if (state[4] or '') ~= '' then
      note('orphan', id, 'it has finished and has a workflow task', function()
        dropTask(base, id, state[1], state[6], state[4])
        call('HSET', base .. 'i:' .. id, 't', '')
      end)
    end
    local isListed = call('ZSCORE', index, id)
    if left ~= -1 and call('PTTL', history) ~= -1 and isListed then return end
    note(left == -1 and 'wrong expiry' or isListed and 'wrong expiry' or 'not listed', id,
      left == -1 and 'it has finished and stays for ever' or isListed and 'its history stays for ever'
        or 'it is not listed as finished', function()
        local expiry = tonumber(state[12] or now) + (tonumber(state[11] or '') or retention)
        -- Not at once: somebody may want to look at it.
        expiry = string.format('%.0f', math.max(expiry, now + 10000))
        for _, kind in ipairs({'i:', 'h:', 'd:'}) do call('PEXPIREAT', base .. kind .. id, expiry) end
        call('ZADD', index, expiry, id)
      end)
  end

  -- Answers whether there is nothing that it could go on with.
  local function checkTask(id, state)
    local execution, token, queue = state[1], state[4] or '', state[6]
    local waits = (state[8] or '') ~= ''
    local function queueAgain()
      local task = 'd'
      if waits then
        call('ZADD', base .. 'due', state[8], 'w\0' .. id .. '\0' .. execution)
      else
        task = queueTask(base, id, execution, queue)
      end
      call('HSET', base .. 'i:' .. id, 't', task)
    end
    local inputs = call('LLEN', base .. 'in:' .. id)
    if inputs == 0 then
      if token ~= '' then
        note('lost inputs', id, 'it has a workflow task and no inputs')
      elseif state[3] == '0' then
        note('lost inputs', id, 'it has yet to begin and has no inputs')
      end
      return token == ''
    end
    local stamp = string.match(call('LINDEX', base .. 'in:' .. id, 0), '^(%d+):')
    if not stamp or #stamp > 18 then
      note('unreadable', id, 'the first of its inputs cannot be read')
    end
    if token == '' then
      if not isQuarantined(state[7]) then note('lost task', id, 'it has inputs and no workflow task', queueAgain) end
      return
    end
    if token == 'd' then
      local member = 'w\0' .. id .. '\0' .. execution
      if not call('ZSCORE', base .. 'due', member) then
        note('missing due', id, waits and 'its start is not due' or 'its workflow task is not due', function()
          call('ZADD', base .. 'due', waits and state[8] or now, member)
        end)
      end
      return
    end
    local kind, entry, worker = string.match(token, '^([qw])([%d-]+)|?(.*)$')
    if not kind then
      note('lost task', id, 'its workflow task is in a place that nobody knows', queueAgain)
    elseif kind == 'w' and not M.isKnown(worker) then
      note('unknown holder', id, 'its workflow task waits for worker ' .. worker .. ', which nobody knows', function()
        dropTask(base, id, execution, queue, token)
        queueAgain()
      end)
    elseif not isThere(base .. (kind == 'w' and 'w:' .. worker or 'q:w:' .. queue), entry) then
      note('lost task', id, 'its workflow task is in no queue', queueAgain)
    end
  end

  local function checkActivity(id, execution, command, value)
    local attempt, delivery, place, queue, ref, blob = readActivity(value)
    if not attempt then
      note('unreadable', id, 'activity ' .. command .. ' cannot be read')
      return
    end
    local name = 'activity ' .. command
    local function requeue()
      call('HSET', base .. 'a:' .. id, command,
        queueActivity(base, id, execution, command, attempt, delivery, queue, blob))
    end
    if place == 'q' then
      if not isThere(base .. 'q:a:' .. queue, ref) then note('lost activity', id, name .. ' is in no queue', requeue) end
    elseif place == 'r' then
      local member = dueMember('r', id, execution, command)
      if not call('ZSCORE', base .. 'due', member) then
        note('missing due', id, 'the next try of ' .. name .. ' is not due', function()
          call('ZADD', base .. 'due', ref, member)
        end)
      end
    elseif not M.isKnown(ref) then
      note('unknown holder', id, name .. ' is with worker ' .. ref .. ', which nobody knows', requeue)
    elseif call('SISMEMBER', base .. 'res:' .. ref, id) == 0 then
      note('not listed', id, name .. ' is with worker ' .. ref .. ', which does not list it', function()
        call('SADD', base .. 'res:' .. ref, id)
      end)
    end
  end

  local function checkSubWorkflow(id, execution, command, value)
    local target, child, its = string.match(value, '^%d:([^%z]*)%z([^%z]*)%z([^%z]*)$')
    if not target then
      note('unreadable', id, 'sub-workflow ' .. command .. ' cannot be read')
    elseif target ~= '' then
      M.ask('lost outcome', id, 'sub-workflow ' .. command .. ', ' .. child, 'child\0' .. execution .. '\0' .. command .. '\0'
        .. target .. '\0' .. child .. '\0' .. its)
    else
      local isRunning, batch = M.childState(child, its)
      if isRunning then return end
      M.settle(id, execution, command, child, batch and M.outcome(command, child, batch))
    end
  end

  -- Tells a parent of the end of a sub-workflow, if it waits for it still.
  function M.settle(id, execution, command, child, outcome)
    local state = call('HMGET', base .. 'i:' .. id, 'x', 's')
    if state[1] ~= execution or state[2] ~= 'r' or call('HEXISTS', base .. 'a:' .. id, 'c' .. command) == 0 then return end
    local what = outcome and ' has ended, and it was not told' or ' is gone, and it was not told'
    note('lost outcome', id, 'sub-workflow ' .. command .. ', ' .. child .. ',' .. what, function()
      M.lib.input(id, execution, command, outcome or M.outcome(command, child))
    end)
  end

  -- What an execution has in flight: fields and values of its activities hash.
  function M.checkFlight(id, execution, pairsInFlight)
    for k = 1, #pairsInFlight, 2 do
      local command, value = pairsInFlight[k], pairsInFlight[k + 1]
      local kind, number = string.match(command, '^([tc]?)(%d+)$')
      if kind == 't' then
        if not call('ZSCORE', base .. 'due', dueMember('t', id, execution, number)) then
          -- Its moment is in the history alone.
          M.ask('missing due', id, 'timer ' .. number .. ' is not due', 'timer\0' .. execution .. '\0' .. number)
        end
      elseif kind == 'c' then
        checkSubWorkflow(id, execution, number, value)
      elseif kind then
        checkActivity(id, execution, number, value)
      end
    end
  end

  local function checkOwner(id, owner)
    if not M.isKnown(owner) then
      note('unknown holder', id, 'it is resident on worker ' .. owner .. ', which nobody knows', function()
        call('HSET', base .. 'i:' .. id, 'o', '')
      end)
    elseif call('SISMEMBER', base .. 'res:' .. owner, id) == 0 then
      note('not listed', id, 'it is resident on worker ' .. owner .. ', which does not list it', function()
        call('SADD', base .. 'res:' .. owner, id)
      end)
    end
  end

  -- That the parent waits for this sub-workflow. `first`: its first execution.
  local function checkParent(id, link, first)
    local parent, execution, command = string.match(link, '^%z([^%z]*)%z([^%z]*)%z(%d+)$')
    if not parent then return end
    local state = call('HMGET', base .. 'i:' .. parent, 'x', 's')
    if state[1] ~= execution or state[2] ~= 'r' then return end
    if call('HEXISTS', base .. 'a:' .. parent, 'c' .. command) == 1 then return end
    note('lost outcome', id, 'its parent ' .. parent .. ' does not wait for it', function()
      -- By the usual close policy: to cancel.
      call('HSET', base .. 'a:' .. parent, 'c' .. command, '0:\0' .. id .. '\0' .. first)
    end)
  end

  local fields = {'', 't', 'c'}

  -- Whether something is not in flight that code waits for: an activity, a timer or a sub-workflow. `summary` is as
  -- `WaitSummary` writes it; where that had no room for all, the history of a short one tells.
  local function misses(id, summary, length)
    local further, at = readVarint(summary, 2)
    while at <= #summary do
      local kind, command, size = string.byte(summary, at)
      command, at = readVarint(summary, at + 1)
      if fields[kind] and command > 0 then
        return call('HEXISTS', base .. 'a:' .. id, fields[kind] .. string.format('%.0f', command)) == 0
      end
      -- How many, line, file and name.
      for _ = 1, 2 do _, at = readVarint(summary, at) end
      for _ = 1, 2 do
        size, at = readVarint(summary, at)
        at = at + size
      end
      if kind == 2 then _, at = readVarint(summary, at) end
    end
    return further > 0 and tonumber(length) <= 200 and call('HLEN', base .. 'a:' .. id) == 0
  end

  local function checkOpen(id, state)
    local execution = state[1]
    if (state[5] or '') ~= '' then checkOwner(id, state[5]) end
    local isAtRest = checkTask(id, state)
    if (state[9] or '') ~= '' then
      local member = 'e\0' .. id .. '\0' .. execution
      if not call('ZSCORE', base .. 'due', member) then
        note('missing due', id, 'its execution timeout is not due', function()
          call('ZADD', base .. 'due', state[9], member)
        end)
      end
    end
    if (state[13] or '') ~= '' then checkParent(id, state[13], (state[14] or '') ~= '' and state[14] or execution) end
    if isAtRest and (state[15] or '') ~= '' then
      local isRead, isMissing = pcall(misses, id, state[15], state[3])
      if isRead and isMissing then
        M.ask('lost activity', id, 'it waits for what nothing knows of', 'waits\0' .. execution .. '\0' .. state[3] .. '\0' .. state[6])
      end
    end
    local inFlight = call('HLEN', base .. 'a:' .. id)
    if inFlight > most then
      M.ask('lost activity', id, 'much in flight', 'flight\0' .. execution)
    elseif inFlight > 0 then
      M.checkFlight(id, execution, call('HGETALL', base .. 'a:' .. id))
    end
  end

  function M.checkInstance(id)
    local key = base .. 'i:' .. id
    local state = call('HMGET', key, 'x', 's', 'n', 't', 'o', 'q', 'p', 'b', 'e', 'c', 'r', 'f', 'a', 'g', 'h')
    M.looked = M.looked + 1
    statuses[id] = state[2]
    if not state[1] or not state[2] or not state[3] or not state[6] then
      note('unreadable', id, 'fields of it are missing')
      return
    end
    if not call('ZSCORE', base .. 'instances', id) then
      note('not listed', id, 'it is not among the instances', function()
        call('ZADD', base .. 'instances', state[10] or now, id)
      end)
    end
    if isQuarantined(state[7]) and call('SISMEMBER', base .. 'quarantined', id) == 0 then
      note('not listed', id, 'it is not among those that are quarantined', function()
        call('SADD', base .. 'quarantined', id)
      end)
    end
    local count, problem = checkNumbers(id)
    if problem then note('broken history', id, problem) end
    if string.format('%.0f', count) ~= state[3] then
      note('broken history', id,
        'it counts ' .. state[3] .. ' events, and its history has ' .. string.format('%.0f', count))
    end
    local left = call('PTTL', key)
    if state[2] ~= 'r' then
      checkFinished(id, state, left)
      return
    end
    if left ~= -1 then
      note('wrong expiry', id, 'it is open and would expire', function() call('PERSIST', key) end)
    end
    checkOpen(id, state)
  end

  return M
end
