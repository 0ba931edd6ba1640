--- expect: ok
--- mount: work
-- Files that are closed, twice, while they are read, in finalizers, and by their own iterators.
local f = assert(io.open("/work/f", "w+"))
f:write "a\nb\n"
f:close()
print((pcall(f.close, f)), (pcall(f.read, f)), (pcall(f.seek, f)), tostring(f), io.type(f)) --> false	false	false	file (closed)	closed file
local lines = io.lines "/work/f"
print(lines(), lines(), lines(), pcall(lines)) --> a	b	nil	false	file is already closed
local g = io.open "/work/f"
local step = g:lines()
g:close()
print(pcall(step)) --> false	file is already closed
io.output "/work/out"
local out = io.output()
out:close()
print(pcall(io.write, "x")) --> false	default output file is closed
io.output(io.stdout)
local kept = io.open "/work/f"
setmetatable({}, { __gc = function() Late = kept:read "a" kept:close() end })
collectgarbage()
print(#Late, (pcall(kept.read, kept))) --> 4	false
getmetatable(f).__gc(f)
getmetatable(f).__close(f)
print((pcall(io.close))) --> true
