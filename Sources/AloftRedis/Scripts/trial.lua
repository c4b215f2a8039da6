#!lua flags=allow-oom
-- uses shared.lua
-- Notes that a worker begins to run a suspect, or that the suspect is cleared; takeover.lua tells what for.
-- KEYS  1 trials of the worker  2 fence of the worker
-- ARGV  1 suspect, as shared.lua tells  2 1: begins, 0: is cleared
-- reply {now, 1}; {now, 0}: the worker is not alive
if call('EXISTS', KEYS[2]) == 0 then return {clock(), 0} end
call(ARGV[2] == '1' and 'SADD' or 'SREM', KEYS[1], ARGV[1])
return {clock(), 1}
