--- expect: ok
--- mount: work
-- setvbuf and flush decide when another handle sees what was written.
local path = "/work/buffer.txt"
local f = assert(io.open(path, "w"))
local function seen() local r <close> = assert(io.open(path)); return r:read("a") end
print(f:setvbuf("full", 4096)) --> true
f:write("held back")
print(#seen()) --> 0
print(f:flush(), seen()) --> true	held back
f:seek("set")
print(f:setvbuf("no")) --> true
f:write("HELD")
print(seen()) --> HELD back
f:close()
local g = assert(io.open(path, "a"))
g:write(" and closed")
g:close()
print(seen()) --> HELD back and closed
print(pcall(g.flush, g)) --> false	attempt to use a closed file
print(pcall(f.setvbuf, f, "no")) --> false	attempt to use a closed file
local h <close> = assert(io.open(path, "w"))
print(pcall(h.setvbuf, h, "sometimes")) --> false	bad argument #2 to '?' (invalid option 'sometimes')
io.output(h)
io.write("through io.write")
io.flush()
io.output(io.stdout)
print(seen()) --> through io.write
