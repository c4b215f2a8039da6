#!lua flags=no-writes
-- Reads a page of a history: whole batches, until they hold enough events or bytes.
-- KEYS  1 instance  2 history  3 history of the execution wanted, were it an earlier one (absent for the last)
-- ARGV  1 index of the first batch, or -1: the batch that holds the event after ARGV[2]
--       2 number of an event  3 most events, roughly  4 most bytes, roughly  5 execution wanted (absent for the last)
-- reply {0} no such instance, or no such execution of it; {1, length (-1: not told), index after the last batch, batches in all, batch...}
local call = redis.call
local state = call('HMGET', KEYS[1], 'n', 'x')
local length, history = state[1], KEYS[2]
if not length then return {0} end
if ARGV[5] and state[2] ~= ARGV[5] then
  length, history = -1, KEYS[3]
  if call('EXISTS', history) == 0 then return {0} end
end
local total = call('LLEN', history)

-- A whole number as EventBatch writes it: seven bits per byte, lowest first.
local function varint(text, at)
  local value, factor = 0, 1
  while true do
    local byte = string.byte(text, at)
    if not byte then return nil, at end
    at = at + 1
    value = value + (byte % 128) * factor
    if byte < 128 then return value, at end
    factor = factor * 128
  end
end

-- Number of the first event and count of a batch: they follow the byte of the format.
local function header(batch)
  local first, at = varint(batch, 2)
  local count = varint(batch, at)
  return first or 0, count or 0
end

local index, after = tonumber(ARGV[1]), tonumber(ARGV[2])
if index < 0 then
  local wanted = after + 1
  -- The last batch that begins at or before the wanted event.
  local low, high = 0, total
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if header(call('LINDEX', history, middle)) <= wanted then low = middle else high = middle end
  end
  index = low
end
local reply = {1, tonumber(length), 0, total}
local events, bytes = 0, 0
while index < total and events < tonumber(ARGV[3]) and bytes < tonumber(ARGV[4]) do
  local page = call('LRANGE', history, index, index + 15)
  if #page == 0 then break end
  for _, batch in ipairs(page) do
    local first, count = header(batch)
    reply[#reply + 1] = batch
    index = index + 1
    events = events + math.min(count, first + count - 1 - after)
    bytes = bytes + #batch
    if events >= tonumber(ARGV[3]) or bytes >= tonumber(ARGV[4]) then break end
  end
end
reply[3] = index
return reply
