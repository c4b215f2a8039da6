#!lua flags=allow-oom
-- uses shared.lua, bytes.lua, instances.lua, unknown.lua
-- Puts a workflow task back, at once or after a delay.
-- KEYS  1 instance  2 stream of the receipt  3 fence of the worker
-- ARGV  1 base  2 instance id  3 execution  4 worker  5 token of the receipt  6 its entry  7 delay in ms
--       8 problem, or empty to leave what is there
--       What follows only if the worker does not know the workflow: 9 after how many ms that fails the instance, or n for
--       never  10 lease in ms  11 ms without anyone who does not know it after which that counts anew
--       12 default retention in ms
-- reply {now, 1, messages in the outbox} done; {now, 0} it was not the instance's task any more and is put away
local base, id, execution, worker = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local now = clock()
local state = call('HMGET', KEYS[1], 's', 'x', 't', 'o', 'q', 'p', 'w')
if state[1] ~= 'r' or state[2] ~= execution or state[3] ~= ARGV[5] then
  putAway(KEYS[2], ARGV[6])
  return {now, 0}
end
if call('EXISTS', KEYS[3]) == 0 then return {now, 0} end
local shown = ARGV[8]
if ARGV[9] then
  local problem, isKnown, message = unknownType(base, now, ARGV[10], 'w', state[5], state[7], ARGV[9] == 'n' and '' or ARGV[9],
    tonumber(ARGV[11]))
  if message then
    local lib = instances(base, now, ARGV[12], 0)
    lib.finish(id, 'f', lib.failed(69, nil, 9, 'UnknownType', message, true))
    lib.closeAll()
    if state[4] == worker then call('SREM', base .. 'res:' .. worker, id) end
    return {now, 1, lib.sent}
  end
  if not isKnown then shown = problem end
end
local fields = {}
if tonumber(ARGV[7]) > 0 then
  call('ZADD', base .. 'due', string.format('%.0f', now + ARGV[7]), 'w\0' .. id .. '\0' .. execution)
  fields = {'t', 'd'}
else
  fields = {'t', queueTask(base, id, execution, state[5])}
end
if shown ~= '' then
  fields[3] = 'p'
  fields[4] = (string.match(state[6] or '', '^%d+') or '0') .. ':0:' .. shown
end
if state[4] == worker then
  fields[#fields + 1] = 'o'
  fields[#fields + 1] = ''
  pcall(dropResidency, base, id, worker)
end
-- Last, since with the entry the task would be lost, if something fails.
putAway(KEYS[2], ARGV[6])
call('HSET', KEYS[1], unpack(fields))
return {now, 1, 0}
