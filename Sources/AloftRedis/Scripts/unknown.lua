-- Types that no worker knows, told of by those who met them.
--   unknown    hash: "<w or a>\0<queue>\0<name>" -> "<first>:<last>:<gap>" in ms; forgotten when nobody has met the type
--              for the gap.

-- Notes that a worker of a queue does not know a workflow (kind w) or an activity (a). Answers the problem that this is,
-- whether another live worker knows it and, if none does and the limit has passed, the message of a failure.
local function unknownType(base, now, lease, kind, queue, name, limit, gap)
  local key, field = base .. 'unknown', kind .. '\0' .. queue .. '\0' .. name
  local problem = 'no worker of queue ' .. queue .. ' knows ' .. (kind == 'w' and 'workflow ' or 'activity ') .. name
  local known, order = {}, {}
  local live = call('ZRANGE', base .. 'workers', string.format('%.0f', now - lease), '+inf', 'BYSCORE', 'LIMIT', 0, 1000)
  for _, worker in ipairs(live) do
    local served = redis.pcall('HMGET', base .. 'reg:' .. worker, kind, 'k' .. kind)
    if string.find('\0' .. (served[1] or '') .. '\0', '\0' .. queue .. '\0', 1, true) then
      for other in string.gmatch(served[2] or '', '[^%z]+') do
        if other == name then
          call('HDEL', key, field)
          return problem, true
        end
        if not known[other] then
          known[other] = true
          order[#order + 1] = other
        end
      end
    end
  end
  local first, last, before = string.match(call('HGET', key, field) or '', '^(%d+):(%d+):(%d+)$')
  if not first or last + math.max(before, gap) < tonumber(now) then first = now end
  call('HSET', key, field, first .. ':' .. now .. ':' .. gap)
  if limit == '' or now - first < tonumber(limit) then return problem, false end
  table.sort(order)
  local list = ''
  for k, other in ipairs(order) do
    if #list > 1000 then
      list = list .. ' and ' .. (#order - k + 1) .. ' more'
      break
    end
    list = list .. (k > 1 and ', ' or '') .. other
  end
  local reason = #live == 0 and 'it has no live workers' or list == '' and 'its live workers know none'
    or 'its live workers know ' .. list
  return problem, false, problem .. ': ' .. reason
end
