#!lua
-- uses shared.lua, bytes.lua, instances.lua
-- Starts an instance; if there is one of that id its policies decide.
-- KEYS  1 instance  2 inbox  3 workflow queue  4 instances index
-- ARGV  1 instance id  2 execution  3 workflow  4 queue  5 retention in ms, or empty  6 encoded started event
--       What follows is left out if it is as usual, each may be empty:
--       7 if an instance is open: f fail, u use it, t terminate it  8 if one has finished: r refuse, u use it, i take
--       its place if it did not complete, a take it always  9 moment: a and a delay in ms, or t and a time
--       10 execution timeout in ms  11 memo  12 encoded signal  13 its delivery id  14 most inputs that may wait
--       15 default retention in ms  16 encoded workflowTerminated event
-- reply {now, 1, messages in the outbox} started, now or by an earlier try; {now, 3} the inbox of the open one is full;
--       {now, 0, state...} there is one, its fields as `stateOf` gives them
local now = clock()
local id, execution = ARGV[1], ARGV[2]
local base = string.sub(KEYS[4], 1, -10)
local there = call('HMGET', KEYS[1], 'x', 's', 'g')
local isPlain = ARGV[7] == nil
local lib, replaced
if there[1] then
  if there[1] == execution or there[3] == execution then return {now, 1, 0} end
  local conflict, reuse = ARGV[7] or 'f', ARGV[8] or 'r'
  local isOpen = there[2] == 'r'
  local goes = reuse == 'a' or (reuse == 'i' and there[2] ~= 'c')
  if isOpen then goes = conflict == 't' end
  if not goes then
    local state = stateOf(KEYS[1])
    if isOpen and conflict == 'u' and ARGV[12] ~= '' then
      local fields = call('HMGET', KEYS[1], 'x', 't', 'o', 'q', 'p')
      local delivered = base .. 'd:' .. id
      if call('LLEN', KEYS[2]) >= tonumber(ARGV[14]) then
        if ARGV[13] == '' or not isDelivered(delivered, ARGV[13]) then return {now, 3} end
      elseif ARGV[13] == '' or noteDelivery(delivered, ARGV[13], now) then
        local isDone, problem = pcall(addInput, base, id, KEYS[1], KEYS[2], fields, now .. ':' .. ARGV[12])
        if not isDone then
          if ARGV[13] ~= '' then call('ZREM', delivered, ARGV[13]) end
          return failedBy(problem)
        end
      end
    end
    return {now, 0, unpack(state, 1, 14)}
  end
  lib = instances(base, now, ARGV[15], 0)
  if isOpen then
    -- What would keep the new one from being made is to be found before the old one has ended.
    for key, kind in pairs({[KEYS[3]] = 'stream', [KEYS[4]] = 'zset', [base .. 'due'] = 'zset', [base .. 'queues'] = 'set'}) do
      local is = call('TYPE', key).ok
      if is ~= 'none' and is ~= kind then
        return redis.error_reply('WRONGTYPE the key ' .. key .. ' is a ' .. is .. ' and not a ' .. kind)
      end
    end
    replaced = (there[3] or '') ~= '' and there[3] or there[1]
    lib.finish(id, 't', ARGV[16])
    lib.closeAll()
    lib.erase(id, 't')
  else
    lib.erase(id, there[2])
  end
end
if not isPlain then
  lib = lib or instances(base, now, ARGV[15], 0)
  local begins
  local kind, moment = string.match(ARGV[9], '^(%a)(%d+)$')
  if kind == 'a' then begins = string.format('%.0f', now + moment) elseif kind == 't' then begins = moment end
  lib.create(id, {execution = execution, workflow = ARGV[3], queue = ARGV[4], retention = ARGV[5], body = ARGV[6],
    begins = begins, timeout = ARGV[10], memo = ARGV[11], signal = ARGV[12], delivery = ARGV[13], replaced = replaced})
  return {now, 1, lib.sent}
end

local input = now .. ':' .. ARGV[6]
local task = queueTask(base, id, execution, ARGV[4], nil, input)
-- The instance itself comes last: what fails before leaves nothing that looks like one.
enlist(base, id, now)
call('RPUSH', KEYS[2], input)
if ARGV[5] == '' then
  call('HSET', KEYS[1], 'x', execution, 'w', ARGV[3], 'q', ARGV[4], 's', 'r', 'n', 0, 'c', now, 't', task)
else
  call('HSET', KEYS[1], 'x', execution, 'w', ARGV[3], 'q', ARGV[4], 's', 'r', 'n', 0, 'c', now, 't', task,
    'r', ARGV[5])
end
return {now, 1, 0}
