#!lua flags=allow-oom
-- uses shared.lua
-- Keeps the audit for the worker that has it.
-- KEYS  1 who audits
-- ARGV  1 worker  2 for how long, in ms
-- reply {now, 1}; {now, 0} if it is not this worker's any more
if call('GET', KEYS[1]) ~= ARGV[1] then return {clock(), 0} end
call('PEXPIRE', KEYS[1], ARGV[2])
return {clock(), 1}
