#!lua flags=no-writes
-- uses shared.lua
-- What was done by hand last, the last first.
-- KEYS  1 actions
-- ARGV  1 how many
-- reply {now, then the actions}
local reply = {clock()}
for _, action in ipairs(call('LRANGE', KEYS[1], 0, ARGV[1] - 1)) do reply[#reply + 1] = action end
return reply
