#!lua flags=no-writes
-- uses shared.lua
-- A part of the list of instances, newest first; of those that started in the same millisecond, by descending id.
-- KEYS  1 instances index
-- ARGV  1 base  2 most instances  3 most to look at  4 newest moment, or empty  5 oldest moment, or empty
--       6 letters of the statuses, or empty for any  7 workflow, or empty  8 queue, or empty
--       9 q for those that are quarantined, n for those that are not, or empty for any
--       10 beginning of the ids, or empty  11 how many ids may be looked at instead of one instance
--       12 bytes after which a page ends early  13 moment and 14 id behind which the list goes on; both absent for its
--       beginning
-- reply {now, 1 at the end or 0, last moment and last id that were looked at, then for each instance its id and
--       14 fields of its state}
local base, most, looks = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local newest = ARGV[4] == '' and '+inf' or ARGV[4]
local oldest = ARGV[5] == '' and '-inf' or ARGV[5]
local statuses, workflow, queue, quarantine = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local prefix, glance = ARGV[10], 1 / tonumber(ARGV[11])

-- As the index orders them. The operators for texts go by the server's language.
local function isBefore(left, right)
  for k = 1, math.min(#left, #right) do
    local a, b = string.byte(left, k), string.byte(right, k)
    if a ~= b then return a < b end
  end
  return #left < #right
end

-- The state of an instance if it matches.
local function match(id)
  local isThere, state = pcall(stateOf, base .. 'i:' .. id)
  -- One that has expired is still listed until the next tick; one whose key is something else is for the audit to tell.
  local isWanted = isThere and state[1] and state[4] and (statuses == '' or string.find(statuses, state[4], 1, true))
    and (workflow == '' or workflow == state[2]) and (queue == '' or queue == state[3])
    and (quarantine == '' or (quarantine == 'q') == isQuarantined(state[9]))
  return isWanted and state
end

local reply = {clock(), 1, '', ''}
local found, room = 0, tonumber(ARGV[12])
local function add(id, state)
  reply[#reply + 1] = id
  for field = 1, 14 do
    reply[#reply + 1] = state[field]
    room = room - #(state[field] or '')
  end
  found = found + 1
end

-- Memos may be large, and an answer must not be: the list goes on with the next page.
local function isFull() return found == most or room <= 0 end

-- The ids of all that can match, where an index tells them and they are few: however old they are, they are found at once.
local function candidates()
  local ids = {}
  if quarantine == 'q' then
    if call('SCARD', base .. 'quarantined') > looks then return nil end
    return call('SMEMBERS', base .. 'quarantined')
  end
  if statuses == '' or string.find(statuses, 'r', 1, true) then return nil end
  local count = 0
  for letter in string.gmatch(statuses, '.') do count = count + call('ZCARD', base .. 'expiring:' .. letter) end
  if count > looks then return nil end
  for letter in string.gmatch(statuses, '.') do
    for _, id in ipairs(call('ZRANGE', base .. 'expiring:' .. letter, 0, -1)) do ids[#ids + 1] = id end
  end
  return ids
end

local few = candidates()
if few then
  local sorted = {}
  for _, id in ipairs(few) do
    local score = call('ZSCORE', KEYS[1], id)
    local moment = tonumber(score)
    if moment and string.sub(id, 1, #prefix) == prefix
      and (newest == '+inf' or moment <= tonumber(newest)) and (oldest == '-inf' or moment >= tonumber(oldest))
      and (not ARGV[13] or moment < tonumber(ARGV[13])
        or (moment == tonumber(ARGV[13]) and isBefore(id, ARGV[14]))) then
      sorted[#sorted + 1] = {moment, id, score}
    end
  end
  table.sort(sorted, function(left, right)
    if left[1] ~= right[1] then return left[1] > right[1] end
    return isBefore(right[2], left[2])
  end)
  for _, item in ipairs(sorted) do
    if isFull() then
      reply[2] = 0
      return reply
    end
    local state = match(item[2])
    if state then add(item[2], state) end
    reply[3], reply[4] = item[3], item[2]
  end
  return reply
end

-- The place, counted from the newest, at which to begin.
local start = newest == '+inf' and 0 or call('ZCOUNT', KEYS[1], '(' .. newest, '+inf')
if ARGV[13] and (newest == '+inf' or tonumber(ARGV[13]) <= tonumber(newest)) then
  local low = call('ZCOUNT', KEYS[1], '(' .. ARGV[13], '+inf')
  local high = call('ZCOUNT', KEYS[1], ARGV[13], '+inf')
  while low < high do
    local middle = math.floor((low + high) / 2)
    if isBefore(call('ZRANGE', KEYS[1], middle, middle, 'REV')[1], ARGV[14]) then high = middle else low = middle + 1 end
  end
  start = low
end
local finish = oldest == '-inf' and call('ZCARD', KEYS[1]) or call('ZCOUNT', KEYS[1], oldest, '+inf')

while start < finish do
  local page = call('ZRANGE', KEYS[1], start, math.min(start + 99, finish - 1), 'REV', 'WITHSCORES')
  if #page == 0 then return reply end
  for k = 1, #page, 2 do
    if isFull() or looks <= 0 then
      reply[2] = 0
      return reply
    end
    local id = page[k]
    local isNamed = prefix == '' or string.sub(id, 1, #prefix) == prefix
    local state = isNamed and match(id)
    if state then add(id, state) end
    looks = looks - (isNamed and 1 or glance)
    start = start + 1
    reply[3], reply[4] = page[k + 1], id
  end
end
return reply
