#!lua flags=no-writes
-- uses shared.lua
-- How many instances there are.
-- KEYS  1 instances index
-- ARGV  1 base
-- reply {now, open ones, completed, failed, cancelled, terminated, timed out}
local now = clock()
local reply = {now, call('ZCARD', KEYS[1])}
for _, letter in ipairs({'c', 'f', 'x', 't', 'o'}) do
  local key = ARGV[1] .. 'expiring:' .. letter
  -- Those that have expired stay in the indexes until the next tick.
  reply[2] = reply[2] - call('ZCARD', key)
  reply[#reply + 1] = call('ZCOUNT', key, now, '+inf')
end
return reply
