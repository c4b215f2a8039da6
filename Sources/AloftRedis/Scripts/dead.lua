#!lua flags=allow-oom
-- uses shared.lua
-- Declares a worker dead whose process somebody saw end. A tick takes its work over.
-- KEYS  1 workers  2 registration  3 fence
-- ARGV  1 worker  2 what its process said last, and 3 that in one line; empty: nothing
-- reply {now, 1}; {now, 0}: it is not known, or leaves
local beat = call('ZSCORE', KEYS[1], ARGV[1])
if not beat or beat == '-1' then return {clock(), 0} end
if beat ~= '0' then call('ZADD', KEYS[1], '0', ARGV[1]) end
-- What it sent before it died and Redis reads later is refused from now on, and so is a read that still waits.
call('DEL', KEYS[3])
if ARGV[2] ~= '' then call('HSET', KEYS[2], 'said', ARGV[2], 'line', ARGV[3]) end
return {clock(), 1}
