#!lua
-- uses shared.lua
-- Notes what somebody did by hand; the last ones are kept.
-- KEYS  1 actions
-- ARGV  1 the action  2 how many are kept
-- reply {now}
local now = clock()
call('LPUSH', KEYS[1], ARGV[1])
call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
return {now}
