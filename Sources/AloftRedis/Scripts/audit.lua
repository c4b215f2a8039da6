#!lua flags=no-writes
-- uses shared.lua, bytes.lua, instances.lua, auditing.lua
-- Looks at a part of a partition for what contradicts its invariants. Under another header it may write, and repairs.
-- KEYS  1 workers
-- ARGV  1 base  2 part  3 cursor of the part, or empty  4 how many instances, or entries, to look at  5 1: repair, or 0
--       6 default retention in ms, then what some parts need:
--       keys       every key of the partition. Cursor: that of SCAN
--       listed     the index of all instances; ZSCAN
--       expiring   the indexes of finished ones: letter and cursor of ZSCAN
--       due        the due set; ZSCAN
--       streams    the streams of tasks: name, zero byte, last entry
--       outbox     messages to other partitions
--       flight     what an instance has in flight: 7 instance  8 execution. Cursor: that of HSCAN
--       restore    what an execution has begun and had no outcome of: 7 instance  8 execution  9 length of its history, then for
--                  each the field of the activities hash and its value, with an entry of no queue for an activity. Reply
--                  {now, '', 0, the fields that are not there and, when repairing, are now...}
--       timer      puts a timer back: 7 instance  8 execution  9 command  10 due in ms
--       child      7 sub-workflow  8 its first execution  9 command. Reply {now, '', 0, 1 runs / 0 does not, outcome if known}
--       settle     7 instance  8 execution  9 command  10 sub-workflow  11 its outcome, or empty
-- reply {now, cursor to go on at or empty at the end, instances looked at, findings...}: four texts each, as auditing.lua
--       tells. The last of them is 0, 1, or what the store has to do, words joined by zero bytes: timer, execution, command;
--       child, execution, command, base, sub-workflow, its execution; flight, execution;
--       waits, execution, length of the history, queue
local base, part, cursor, limit, repairs = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1'
local retention = tonumber(ARGV[6])
local now = clock()
local audit = auditing(base, now, repairs, retention)
local note = audit.note
local letters = 'cfxto'
local parts = {}

local function isGone(id)
  return audit.statusOf(id) == false
end

-- Whatever is wrong with one thing must not keep the others from being looked at.
local function guarded(id, subject, check, ...)
  local isDone, problem = pcall(check, ...)
  if not isDone then
    local reason = type(problem) == 'table' and problem.err or problem
    note('unreadable', id, subject .. ' cannot be read: ' .. tostring(reason))
  end
end

local function unlink(key) return function() call('UNLINK', key) end end

local keyChecks = {}

keyChecks['i'] = function(_, id) audit.checkInstance(id) end

keyChecks['h'] = function(key, rest)
  local id, execution = string.match(rest, '^([^%z]*)%z(.*)$')
  if id then
    -- It goes by itself.
    if call('PTTL', key) == -1 then
      note('wrong expiry', id, 'the history of its execution ' .. execution .. ' stays for ever', function()
        call('PEXPIRE', key, retention)
      end)
    end
  elseif isGone(rest) then
    note('orphan', rest, 'its history is there, and it is not', unlink(key))
  end
end

local function ofOpen(what)
  return function(key, id)
    local status = audit.statusOf(id)
    if status == 'r' then return end
    local problem = status and 'it has finished, and ' .. what .. ' are still there'
      or what .. ' of it are there, and it is not'
    note('orphan', id, problem, unlink(key))
  end
end
keyChecks['in'] = ofOpen('inputs')
keyChecks['a'] = ofOpen('activities')

keyChecks['d'] = function(key, id)
  if isGone(id) then note('orphan', id, 'ids of its deliveries are there, and it is not', unlink(key)) end
end

keyChecks['ex'] = function(key, id)
  if call('PTTL', key) == -1 then
    note('wrong expiry', id, 'the list of its earlier executions stays for ever', function()
      call('PEXPIRE', key, retention)
    end)
  end
end

keyChecks['q'] = function(_, name)
  if call('SISMEMBER', base .. 'queues', name) == 0 then
    note('not listed', '', 'the stream ' .. name .. ' is not among the queues', function()
      call('SADD', base .. 'queues', name)
    end)
  end
end

local function ofWorker(_, worker)
  if audit.isKnown(worker) then return end
  note('orphan', '', 'nobody knows worker ' .. worker .. ', and what it left is there', function() audit.dismiss(worker) end)
end
for _, kind in ipairs({'res', 'w', 'reg', 'f'}) do keyChecks[kind] = ofWorker end

function parts.keys()
  local pattern = string.gsub(base, '[%*%?%[%]\\]', '\\%0') .. '*'
  local mine, buckets = 0, 0
  cursor = cursor == '' and '0' or cursor
  repeat
    local page = call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 40)
    cursor = page[1]
    buckets = buckets + 40
    for _, key in ipairs(page[2]) do
      mine = mine + 1
      local kind, rest = string.match(string.sub(key, #base + 1), '^(%a+):(.*)$')
      local check = kind and keyChecks[kind]
      if check then
        local isOfWorker = check == ofWorker or kind == 'q'
        guarded(isOfWorker and '' or string.match(rest, '^[^%z]*'), kind .. ':' .. rest, check, key, rest)
      end
    end
  until cursor == '0' or audit.looked >= limit or mine >= 8 * limit or buckets >= 2000
  return cursor == '0' and '' or cursor
end

-- Whether the tick has yet to take an instance that has expired out of the indexes.
local function isExpiring(id)
  for letter in string.gmatch(letters, '.') do
    local expiry = call('ZSCORE', base .. 'expiring:' .. letter, id)
    if expiry and tonumber(expiry) <= now + 1000 then return true end
  end
  return false
end

function parts.listed()
  local page = call('ZSCAN', base .. 'instances', cursor == '' and '0' or cursor, 'COUNT', 4 * limit)
  for k = 1, #page[2], 2 do
    local id = page[2][k]
    guarded(id, 'it', function()
      if isGone(id) and not isExpiring(id) then
        note('orphan', id, 'it is listed and does not exist', function()
          call('ZREM', base .. 'instances', id)
          for letter in string.gmatch(letters, '.') do call('ZREM', base .. 'expiring:' .. letter, id) end
        end)
      end
    end)
  end
  return page[1] == '0' and '' or page[1]
end

function parts.expiring()
  local letter, from = string.match(cursor, '^(%a)(%d+)$')
  letter, from = letter or 'c', from or '0'
  local index = base .. 'expiring:' .. letter
  local page = call('ZSCAN', index, from, 'COUNT', 4 * limit)
  for k = 1, #page[2], 2 do
    local id, expiry = page[2][k], tonumber(page[2][k + 1])
    guarded(id, 'it', function()
      local status = audit.statusOf(id)
      if status == letter or (not status and expiry <= now + 1000) then return end
      -- The index of all instances tells of those that are in both.
      if not status and call('ZSCORE', base .. 'instances', id) then return end
      note('orphan', id, 'it is listed as finished, and it is not', function() call('ZREM', index, id) end)
    end)
  end
  if page[1] ~= '0' then return letter .. page[1] end
  local place = string.find(letters, letter, 1, true)
  local following = string.sub(letters, place + 1, place + 1)
  return following == '' and '' or following .. '0'
end

local dueNames = {t = 'timer ', r = 'a try of activity ', w = 'a workflow task', e = 'an execution timeout'}

local function checkDue(member)
  local kind, id, execution, command = string.match(member, '^(%a)%z([^%z]*)%z([^%z]*)%z?([^%z]*)$')
  local number = string.match(command or '', '^0*(%d+)$')
  local text = 'something is due that nobody knows'
  local isWanted = false
  if dueNames[kind] then
    local state = call('HMGET', base .. 'i:' .. id, 'x', 's', 't', 'e')
    text = dueNames[kind] .. (number or '') .. ' is due and belongs to nothing'
    if state[1] == execution and state[2] == 'r' then
      if kind == 't' then
        isWanted = number and call('HEXISTS', base .. 'a:' .. id, 't' .. number) == 1
      elseif kind == 'r' then
        isWanted = number and call('HEXISTS', base .. 'a:' .. id, number) == 1
      elseif kind == 'w' then
        isWanted = state[3] == 'd'
      else
        isWanted = (state[4] or '') ~= ''
      end
    end
  end
  if not isWanted then note('orphan', id or '', text, function() call('ZREM', base .. 'due', member) end) end
end

function parts.due()
  local page = call('ZSCAN', base .. 'due', cursor == '' and '0' or cursor, 'COUNT', 2 * limit)
  for k = 1, #page[2], 2 do guarded('', 'what is due', checkDue, page[2][k]) end
  return page[1] == '0' and '' or page[1]
end

-- Whether a worker reads a stream.
local function isServed(name)
  local kind, queue = string.match(name, '^q:(%a):(.*)$')
  if not kind then return true end
  for _, worker in ipairs(call('ZRANGE', base .. 'workers', 1, '+inf', 'BYSCORE')) do
    local served = call('HGET', base .. 'reg:' .. worker, kind) or ''
    if string.find('\0' .. served .. '\0', '\0' .. queue .. '\0', 1, true) then return true end
  end
  return false
end

-- Whether an entry of a stream is what its instance has there.
local function isEntryWanted(name, entry, fields)
  local kind, queue = string.match(name, '^q:(%a):(.*)$')
  if not fields.i then return false end
  local state = call('HMGET', base .. 'i:' .. fields.i, 'x', 's', 't', 'q')
  if state[1] ~= fields.x or state[2] ~= 'r' then return false end
  if kind == 'a' then
    local value = fields.c and call('HGET', base .. 'a:' .. fields.i, fields.c)
    if not value then return false end
    local _, _, place, its, ref = readActivity(value)
    return place == 'q' and its == queue and ref == entry
  end
  if kind then return state[3] == 'q' .. entry and state[4] == queue end
  return state[3] == 'w' .. entry .. '|' .. string.sub(name, 3)
end

-- Looks at a few entries of a stream. Answers the last of them, or nothing at its end, and how many.
local function checkStream(name, last, count)
  local stream = base .. name
  local from = last == '' and '-' or '(' .. last
  local entries = call('XRANGE', stream, from, '+', 'COUNT', count)
  local final = #entries == count and entries[count][1]
  local pending = redis.pcall('XPENDING', stream, 'g', from, final or '+', 1000)
  if pending.err then
    pending = {}
    if #entries > 0 and last == '' and isServed(name) then
      note('lost group', '', 'the stream ' .. name .. ' has no consumer group', function()
        call('XGROUP', 'CREATE', stream, 'g', '0')
      end)
    end
  end
  local holder, present = {}, {}
  for _, entry in ipairs(entries) do present[entry[1]] = true end
  for _, item in ipairs(pending) do
    local entry, worker = item[1], item[2]
    if not audit.isKnown(worker) then
      note('unknown holder', '', 'worker ' .. worker .. ', which nobody knows, has entries of ' .. name, function()
        audit.dismiss(worker)
      end)
    elseif not present[entry] then
      -- Acknowledging it would take from the worker what it may be working on.
      note('orphan', '', 'entry ' .. entry .. ' of ' .. name .. ' is with worker ' .. worker .. ', and is gone')
    end
    holder[entry] = worker
  end
  for _, entry in ipairs(entries) do
    local fields = {}
    for k = 1, #entry[2], 2 do fields[entry[2][k]] = entry[2][k + 1] end
    guarded(fields.i or '', 'entry ' .. entry[1] .. ' of ' .. name, function()
      if isEntryWanted(name, entry[1], fields) then return end
      -- Whoever holds it puts it away.
      local repair = not holder[entry[1]] and function() putAway(stream, entry[1]) end or nil
      note('orphan', fields.i or '', 'entry ' .. entry[1] .. ' of ' .. name .. ' belongs to nothing', repair)
    end)
  end
  return final, #entries
end

function parts.streams()
  local names
  local name, last = string.match(cursor, '^([^%z]*)%z(.*)$')
  name, last = name or '', last or ''
  local isInside = last ~= ''
  local seen = 0
  for _ = 1, 50 do
    if not isInside then
      if not names then
        names = {}
        for _, queue in ipairs(call('SMEMBERS', base .. 'queues')) do names[#names + 1] = 'q:' .. queue end
        for _, worker in ipairs(call('ZRANGE', base .. 'workers', 1, '+inf', 'BYSCORE')) do
          names[#names + 1] = 'w:' .. worker
        end
        table.sort(names)
      end
      local following
      for _, other in ipairs(names) do
        if other > name then
          following = other
          break
        end
      end
      if not following then return '' end
      name, last = following, ''
      if string.sub(name, 1, 2) == 'w:' and call('EXISTS', base .. 'reg:' .. string.sub(name, 3)) == 0 then
        note('lost registration', '', 'worker ' .. string.sub(name, 3) .. ' is alive, and its queues and types are not known')
      end
    end
    -- A few at a time: activities carry their inputs.
    local count
    guarded('', 'the stream ' .. name, function() last, count = checkStream(name, last, 10) end)
    if not count then last = false end
    isInside = last ~= false
    if not isInside then last = '' end
    seen = seen + (count or 0)
    if seen >= limit then break end
  end
  return name .. '\0' .. last
end

function parts.outbox()
  local head = call('XRANGE', base .. 'outbox', '-', '+', 'COUNT', 1)[1]
  if head and tonumber(string.match(head[1], '^%d+')) < now - 60000 then
    note('waiting messages', '', call('XLEN', base .. 'outbox') .. ' messages wait to be delivered, the first since '
      .. string.match(head[1], '^%d+'))
  end
  return ''
end

function parts.flight()
  local id, execution = ARGV[7], ARGV[8]
  local state = call('HMGET', base .. 'i:' .. id, 'x', 's')
  if state[1] ~= execution or state[2] ~= 'r' then return '' end
  local page = call('HSCAN', base .. 'a:' .. id, cursor == '' and '0' or cursor, 'COUNT', 200)
  audit.checkFlight(id, execution, page[2])
  return page[1] == '0' and '' or page[1]
end

function parts.restore()
  local id, execution = ARGV[7], ARGV[8]
  local state = call('HMGET', base .. 'i:' .. id, 'x', 's', 'n', 't')
  -- It has gone on since its history was read.
  if state[1] ~= execution or state[2] ~= 'r' or state[3] ~= ARGV[9] or (state[4] or '') ~= ''
    or call('LLEN', base .. 'in:' .. id) > 0 then
    return ''
  end
  for k = 10, #ARGV, 2 do
    if call('HEXISTS', base .. 'a:' .. id, ARGV[k]) == 0 then
      if repairs then call('HSET', base .. 'a:' .. id, ARGV[k], ARGV[k + 1]) end
      audit.findings[#audit.findings + 1] = ARGV[k]
    end
  end
  return ''
end

function parts.timer()
  local id, execution, command = ARGV[7], ARGV[8], ARGV[9]
  local state = call('HMGET', base .. 'i:' .. id, 'x', 's')
  local member = dueMember('t', id, execution, command)
  if state[1] == execution and state[2] == 'r' and call('HEXISTS', base .. 'a:' .. id, 't' .. command) == 1
    and not call('ZSCORE', base .. 'due', member) then
    note('missing due', id, 'timer ' .. command .. ' is not due', function() call('ZADD', base .. 'due', ARGV[10], member) end)
  end
  return ''
end

function parts.child()
  local isRunning, batch = audit.childState(ARGV[7], ARGV[8])
  audit.findings = {isRunning and 1 or 0, batch and audit.outcome(ARGV[9], ARGV[7], batch) or ''}
  return ''
end

function parts.settle()
  audit.settle(ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11] ~= '' and ARGV[11] or nil)
  return ''
end

local following = parts[part]()
local reply = {now, following, audit.looked}
for _, value in ipairs(audit.findings) do reply[#reply + 1] = value end
return reply
