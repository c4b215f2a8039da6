-- What concerns whole instances, or several of them. Comes behind shared.lua and bytes.lua where a script asks for both; as one function,
-- so that scripts on their usual way pay nothing for it.
--
--   links      how a sub-workflow and its parent name each other is told in shared.lua: fields a and c<command>.
--   outbox     stream of messages to other partitions: b base of the addressee, k kind, i instance and, as the kind needs,
--              x execution, c command, a link to the parent, d encoded event, e delivery id, f base of the sender and
--              h its instance, w workflow, q queue, r retention in ms, u execution timeout in ms, m memo.
--              Kinds: s start a sub-workflow, r outcome for a command of its parent, c ask to cancel, t terminate,
--              g signal, o outcome of a signal.
--   h:<instance>\0<execution>, ex:<instance>   history of an execution that was continued, those there are by their expiry.
--
-- `retention` of finished instances in ms, `room`: how many inputs may wait before signals are refused.
local function instances(base, now, retention, room)
  -- own: the instance of the script itself, whose inputs are gathered in `mine`; sent: messages to other partitions.
  local M = {own = nil, mine = {}, waiting = 0, sent = 0}
  -- Sub-workflows to close, and how many of them one script closes: the rest goes by the outbox.
  local closing, closed, most = {}, 0, 100

  local varint, readVarint = byteCoding()

  -- A text as ByteWriter writes it.
  local function text(value) return varint(#value) .. value end

  -- An encoded event with a failure: kind of the event, command if it has one, kind of the failure.
  function M.failed(event, command, kind, name, message, isPermanent)
    return '\1' .. string.char(event) .. (command and varint(command) or '') .. string.char(kind, isPermanent and 1 or 0)
      .. text(name) .. text(message) .. '\0'
  end

  -- The end of an instance by its execution timeout, as TimeoutError makes it: its details are JSON.
  function M.timedOut(id)
    local limit, subject = 'execution timeout', 'instance ' .. id
    local details = '{"limit":"' .. limit .. '","subject":"' .. string.gsub(subject, '["\\]', '\\%0') .. '"}'
    return '\1\76\1\2' .. text('TimeoutError') .. text(subject .. ' took longer than its ' .. limit .. ' allows')
      .. '\1' .. text(details) .. '\0'
  end

  function M.cancelRequested(reason) return '\1\6' .. text(reason) end

  -- A batch of one event that the store itself appends.
  local function batchOf(number, body)
    return '\1' .. varint(number) .. '\1' .. varint(2 * tonumber(now)) .. '\0' .. text(body)
  end

  -- The body of the last event of a batch.
  function M.lastOf(batch)
    local _, at = readVarint(batch, 2)
    local count
    count, at = readVarint(batch, at)
    _, at = readVarint(batch, at)
    local length
    for k = 1, count do
      _, at = readVarint(batch, at)
      length, at = readVarint(batch, at)
      if k < count then at = at + length end
    end
    return string.sub(batch, at, at + length - 1)
  end

  -- The name in an encoded activityScheduled event.
  function M.nameOf(blob)
    local _, at = readVarint(blob, 3)
    local length, start = readVarint(blob, at)
    return string.sub(blob, start, start + length - 1)
  end

  function M.send(target, kind, ...)
    M.sent = M.sent + 1
    call('XADD', base .. 'outbox', '*', 'b', target, 'k', kind, ...)
  end

  -- An outcome for an execution; with a command only while it waits for a sub-workflow under that.
  function M.input(id, execution, command, body)
    local instance = base .. 'i:' .. id
    local state = call('HMGET', instance, 'x', 't', 'o', 'q', 'p', 's')
    if state[6] ~= 'r' or state[1] ~= execution then return end
    if command and call('HEXISTS', base .. 'a:' .. id, 'c' .. command) == 0 then return end
    if id == M.own then
      M.mine[#M.mine + 1] = now .. ':' .. body
    else
      addInput(base, id, instance, base .. 'in:' .. id, state, now .. ':' .. body)
    end
    -- Last, since the above may fail: the outcome is to find the command waiting then.
    if command then call('HDEL', base .. 'a:' .. id, 'c' .. command) end
  end

  -- Delivers a signal once. Answers nothing, or kind, type and message of a failure.
  function M.signal(id, delivery, body)
    local instance, inbox, delivered = base .. 'i:' .. id, base .. 'in:' .. id, base .. 'd:' .. id
    local state = call('HMGET', instance, 'x', 't', 'o', 'q', 'p', 's')
    if not state[6] then return 6, 'InstanceNotFound', 'there is no instance "' .. id .. '"' end
    local waiting = id == M.own and M.waiting + #M.mine or call('LLEN', inbox)
    if state[6] ~= 'r' or waiting >= room then
      if isDelivered(delivered, delivery) then return end
      if state[6] ~= 'r' then
        return 7, 'InstanceFinished', 'instance "' .. id .. '" has finished and takes no more inputs'
      end
      return 8, 'InboxFull', 'instance "' .. id .. '" has ' .. room .. ' inputs waiting; send again when it has taken some'
    end
    if not noteDelivery(delivered, delivery, now) then return end
    if id == M.own then
      M.mine[#M.mine + 1] = now .. ':' .. body
      return
    end
    local isDone, problem = pcall(addInput, base, id, instance, inbox, state, now .. ':' .. body)
    if isDone then return end
    call('ZREM', delivered, delivery)
    error(problem, 0)
  end

  -- The outcome of a signal as its sender gets it.
  function M.signalOutcome(command, kind, name, message)
    if not kind then return '\1\9' .. varint(command) end
    return M.failed(10, command, kind, name, message)
  end

  -- Asks a sub-workflow to cancel, if `link` is still its parent.
  function M.cancel(id, link, body)
    local instance = base .. 'i:' .. id
    local state = call('HMGET', instance, 'x', 't', 'o', 'q', 'p', 's', 'a', 'b', 'n')
    if state[6] ~= 'r' or state[7] ~= link then return end
    state[2] = prepareToCancel(base, id, state[1], state[4], state[2], state[9], state[8], now)
    addInput(base, id, instance, base .. 'in:' .. id, state, now .. ':' .. body)
  end

  -- Deletes what is there of an instance that has ended, but for its place among all instances.
  function M.erase(id, status)
    local keys = {'i:', 'h:', 'in:', 'a:', 'd:', 'ex:'}
    for k = 1, #keys do keys[k] = base .. keys[k] .. id end
    for _, execution in ipairs(call('ZRANGE', base .. 'ex:' .. id, 0, -1)) do
      keys[#keys + 1] = base .. 'h:' .. id .. '\0' .. execution
    end
    for first = 1, #keys, 2000 do call('UNLINK', unpack(keys, first, math.min(first + 1999, #keys))) end
    call('ZREM', base .. 'expiring:' .. status, id)
  end

  -- Tells workers of a moment that none of them may know of and that comes before they look by themselves, as they do once a
  -- second. Who knows of an earlier one looks then.
  local function announce(due)
    if due - now > 1100 then return end
    local head = call('ZRANGE', base .. 'due', 0, 0, 'WITHSCORES')[2]
    if head and tonumber(head) >= tonumber(due) then redis.pcall('PUBLISH', base .. 'soon', due) end
  end

  -- Makes an instance. `new`: execution, workflow, queue, body of its started event and, if set, retention, timeout and
  -- memo, parent (field a), begins (ms), signal (body) and its delivery id, replaced (field u).
  function M.create(id, new)
    local input = now .. ':' .. new.body
    local task = 'd'
    local from = now
    local fields = {'x', new.execution, 'w', new.workflow, 'q', new.queue, 's', 'r', 'n', 0, 'c', now}
    local function set(name, value)
      if value and value ~= '' then
        fields[#fields + 1] = name
        fields[#fields + 1] = value
      end
    end
    if new.begins and tonumber(new.begins) > tonumber(now) then
      from = new.begins
      set('b', from)
      call('ZADD', base .. 'due', from, 'w\0' .. id .. '\0' .. new.execution)
      announce(from)
    else
      task = queueTask(base, id, new.execution, new.queue, nil, input)
    end
    set('t', task)
    set('r', new.retention)
    set('m', new.memo)
    set('a', new.parent)
    set('u', new.replaced)
    if new.timeout and new.timeout ~= '' then
      local deadline = string.format('%.0f', from + new.timeout)
      set('e', deadline)
      call('ZADD', base .. 'due', deadline, 'e\0' .. id .. '\0' .. new.execution)
      announce(deadline)
    end
    -- The instance itself comes last: what fails before leaves nothing that looks like one.
    local hasSignal = new.signal and new.signal ~= ''
    if hasSignal and new.delivery ~= '' then noteDelivery(base .. 'd:' .. id, new.delivery, now) end
    enlist(base, id, now)
    call('RPUSH', base .. 'in:' .. id, input)
    if hasSignal then call('RPUSH', base .. 'in:' .. id, now .. ':' .. new.signal) end
    call('HSET', base .. 'i:' .. id, unpack(fields))
  end

  -- Starts a sub-workflow; a second time changes nothing. Answers false if another open instance has its id.
  function M.startChild(id, new)
    local there = call('HMGET', base .. 'i:' .. id, 'x', 'g', 's')
    if there[3] then
      if there[1] == new.execution or there[2] == new.execution then return true end
      if there[3] == 'r' then return false end
      M.erase(id, there[3])
    end
    M.create(id, new)
    return true
  end

  -- The outcome of a start that was refused, for the parent.
  function M.refused(id, command)
    return M.failed(8, command, 5, 'AlreadyExists', 'there is an open instance ' .. id .. ' already')
  end

  -- Takes out of queues and due set what an execution has in flight, and notes its sub-workflows for closing.
  local function clear(id, execution, flight, worker)
    local due, released = {}, {}
    for command, value in pairs(flight) do
      local kind = string.sub(command, 1, 1)
      if kind == 't' then
        due[#due + 1] = dueMember('t', id, execution, string.sub(command, 2))
      elseif kind == 'c' then
        local policy, target, child = string.match(value, '^(%d):([^%z]*)%z([^%z]*)%z')
        if policy and policy ~= '2' then
          -- The link as the sub-workflow has it: seen from its partition.
          local link = (target == '' and '' or base) .. '\0' .. id .. '\0' .. execution .. '\0' .. string.sub(command, 2)
          closing[#closing + 1] = {policy == '1', target, child, link, id}
        end
      elseif kind ~= 'f' then
        local _, _, place, queue, ref = readActivity(value)
        if place == 'q' then
          putAway(base .. 'q:a:' .. queue, ref)
        elseif place == 'r' then
          due[#due + 1] = dueMember('r', id, execution, command)
        elseif place == 'w' and ref ~= worker and not released[ref] then
          released[ref] = true
          call('SREM', base .. 'res:' .. ref, id)
        end
      end
    end
    for first = 1, #due, 2000 do
      call('ZREM', base .. 'due', unpack(due, first, math.min(first + 1999, #due)))
    end
  end

  -- Gives the end of a sub-workflow, an encoded event, to its parent.
  function M.tellParent(link, body)
    local target, id, execution, command = string.match(link, '^([^%z]*)%z([^%z]*)%z([^%z]*)%z(%d+)$')
    if not target then return end
    -- What an end says is what the outcome for the parent says: payload or failure.
    local outcome = '\1' .. (string.byte(body, 2) == 68 and '\7' or '\8') .. varint(command) .. string.sub(body, 3)
    if target == '' then
      M.input(id, execution, command, outcome)
    else
      M.send(target, 'r', 'i', id, 'x', execution, 'c', command, 'd', outcome)
    end
  end

  -- Ends an execution whose history holds its end: clears it away, makes it expire and tells whoever waits.
  -- `last`: the fields v, r, a, e, g as they are; `body`: encoded event of the end, needed if there is a parent.
  function M.close(id, execution, status, last, flight, worker, fields, body)
    local instance = base .. 'i:' .. id
    local kept = tonumber(last[2] or retention)
    local waiters = last[1]
    if (waiters or '') == '' then waiters = nil end
    if waiters then
      -- Whoever waits must be able to read the result.
      if kept < 10000 then kept = 10000 end
      fields[#fields + 1] = 'v'
      fields[#fields + 1] = ''
    end
    local expiry = string.format('%.0f', now + kept)
    -- What may fail, at keys that others have taken, comes before what cannot be taken back.
    call('ZADD', base .. 'expiring:' .. status, expiry, id)
    local earlier = (last[5] or '') ~= '' and call('ZRANGE', base .. 'ex:' .. id, expiry, '+inf', 'BYSCORE') or {}
    if (last[3] or '') ~= '' then M.tellParent(last[3], body) end
    local known = #closing
    local isCleared, problem = pcall(clear, id, execution, flight, worker)
    if not isCleared then
      -- It stays open, and so do its sub-workflows.
      for k = #closing, known + 1, -1 do closing[k] = nil end
      error(problem, 0)
    end
    if (last[4] or '') ~= '' then call('ZREM', base .. 'due', 'e\0' .. id .. '\0' .. execution) end
    call('HSET', instance, 's', status, 'f', now, 'h', '', unpack(fields))
    -- Also the inbox of an instance without a task: a quarantined one may have inputs.
    call('UNLINK', base .. 'in:' .. id, base .. 'a:' .. id)
    call('PEXPIREAT', instance, expiry)
    call('PEXPIREAT', base .. 'h:' .. id, expiry)
    call('PEXPIREAT', base .. 'd:' .. id, expiry)
    -- Earlier histories go with it, if not before.
    for _, execution in ipairs(earlier) do
      call('PEXPIREAT', base .. 'h:' .. id .. '\0' .. execution, expiry)
      call('PEXPIREAT', base .. 'ex:' .. id, expiry)
    end
    if waiters then
      -- It is written: a channel that this user may not use must not undo it. Whoever waits asks again in a while.
      for store in string.gmatch(waiters, '([^,:]+):%d+') do redis.pcall('PUBLISH', base .. 'done:' .. store, id) end
    end
  end

  -- Everything in flight of an execution, by command.
  function M.flightOf(id)
    local flight = {}
    local all = call('HGETALL', base .. 'a:' .. id)
    for k = 1, #all, 2 do flight[all[k]] = all[k + 1] end
    return flight
  end

  -- Ends an open instance from outside; `transition` names the write, so that a repetition is recognised.
  function M.finish(id, status, body, transition)
    local instance = base .. 'i:' .. id
    local state = call('HMGET', instance, 'x', 'n', 't', 'o', 'q', 'b', 'v', 'r', 'a', 'e', 'g')
    local execution = state[1]
    local number = string.format('%.0f', state[2] + 1)
    call('SREM', base .. 'quarantined', id)
    local fields = {'n', number, 't', '', 'o', '', 'p', '', 'y', transition or ''}
    call('HDEL', instance, 'l')
    if (state[6] or '') ~= '' then
      fields[#fields + 1] = 'b'
      fields[#fields + 1] = ''
    end
    call('RPUSH', base .. 'h:' .. id, batchOf(number, body))
    local last = {unpack(state, 7, 11)}
    local isDone, problem = pcall(function()
      M.close(id, execution, status, last, M.flightOf(id), nil, fields, body)
    end)
    if not isDone then
      -- A history that is longer than the instance says could never be continued.
      call('RPOP', base .. 'h:' .. id)
      error(problem, 0)
    end
    dropTask(base, id, execution, state[5], state[3])
    if (state[4] or '') ~= '' then redis.pcall('SREM', base .. 'res:' .. state[4], id) end
  end

  -- Terminates a sub-workflow, if `link` is still its parent.
  function M.terminate(id, link, body)
    local state = call('HMGET', base .. 'i:' .. id, 's', 'a')
    if state[1] == 'r' and state[2] == link then M.finish(id, 't', body) end
  end

  -- Closes the sub-workflows of what has ended. Those that are terminated close theirs.
  function M.closeAll()
    local k = 1
    while closing[k] do
      local ends, target, id, link, parent = unpack(closing[k])
      local reason = 'its parent ' .. parent .. ' has ended'
      local body = ends and M.failed(75, nil, 4, 'Terminated', reason) or M.cancelRequested(reason)
      local isDone = false
      if target == '' and closed < most then
        closed = closed + 1
        isDone = pcall(ends and M.terminate or M.cancel, id, link, body)
      end
      -- Also what fails: the parent has ended whatever became of its sub-workflow, and whoever delivers this tells why.
      if not isDone then
        M.send(target ~= '' and target or base, ends and 't' or 'c', 'i', id, 'a', link, 'd', body)
      end
      k = k + 1
    end
    closing = {}
  end

  -- Lets an instance go on under a fresh history. `last`: the fields e and g; `next`: execution, workflow, queue, body,
  -- keep (ms, of the old history), signals (bodies); `taken`: how many inputs of the inbox are in the history.
  function M.continue(id, execution, next, last, flight, taken, worker, fields)
    local inbox, history, all = base .. 'in:' .. id, base .. 'h:' .. id, base .. 'ex:' .. id
    clear(id, execution, flight, worker)
    -- What may fail, at keys that others have taken, comes before what cannot be taken back.
    local old = call('LLEN', inbox)
    local input = now .. ':' .. next.body
    if next.keep > 0 then
      call('ZREMRANGEBYSCORE', all, '-inf', now)
      call('ZADD', all, string.format('%.0f', now + next.keep), execution)
    end
    if (last[1] or '') ~= '' then
      call('ZADD', base .. 'due', last[1], 'e\0' .. id .. '\0' .. next.execution)
      call('ZREM', base .. 'due', 'e\0' .. id .. '\0' .. execution)
    end
    local task = queueTask(base, id, next.execution, next.queue, nil, input)
    if next.keep > 0 then
      local earlier = history .. '\0' .. execution
      call('RENAME', history, earlier)
      call('PEXPIRE', earlier, next.keep)
      -- As long as the youngest of them.
      call('PEXPIRE', all, next.keep)
    else
      call('UNLINK', history)
    end
    call('UNLINK', base .. 'a:' .. id)
    -- What goes along is appended behind what is there, which then goes.
    call('RPUSH', inbox, input)
    for _, body in ipairs(next.signals) do call('RPUSH', inbox, now .. ':' .. body) end
    local isToCancel = false
    local function pass(page)
      for _, waiting in ipairs(page) do
        local colon = string.find(waiting, ':', 1, true)
        local format, kind
        if colon then format, kind = string.byte(waiting, colon + 1, colon + 2) end
        -- What cannot be read goes along: it may be a signal, and is complained about where it is taken.
        if format ~= 1 or kind == 5 or kind == 6 then call('RPUSH', inbox, waiting) end
        if format == 1 and kind == 6 then isToCancel = true end
      end
    end
    for first = taken, old - 1, 50 do pass(call('LRANGE', inbox, first, math.min(first + 49, old - 1))) end
    pass(M.mine)
    if old > 0 then call('LTRIM', inbox, old, -1) end
    call('HSET', base .. 'i:' .. id, 'x', next.execution, 'w', next.workflow, 'q', next.queue, 'n', 0, 't', task,
      'o', '', 'p', '', 'h', '', 'g', (last[2] or '') ~= '' and last[2] or execution, 'k', isToCancel and next.execution or '',
      unpack(fields))
  end

  return M
end
