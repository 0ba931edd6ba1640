--- expect: ok
--- mount: files
--- mount: work
-- file:seek in reading and writing, beyond the end, and what it refuses.
local f = assert(io.open("/files/lines.txt", "rb"))
print(f:seek(), f:seek("end"), f:seek("set", 6), f:read(4)) --> 0	71	6	line
print(f:seek("cur"), f:seek("cur", -4), f:read(4), f:seek("end", -7), f:read("a")) --> 10	6	line	64	newline
print(f:seek("set", 100), f:read(1), f:seek("set"), f:read(5)) --> 100	nil	0	first
print(f:seek("set", -1) == nil, (select(2, f:seek("set", -1)))) --> true	Invalid argument
print(pcall(f.seek, f, "nowhere")) --> false	bad argument #2 to '?' (invalid option 'nowhere')
print(pcall(f.seek, f, "set", 1.5)) --> false	bad argument #3 to '?' (number has no integer representation)
f:close()
local g = assert(io.open("/work/holes.bin", "w+"))
g:write("0123456789")
print(g:seek("set", 3), g:write("abc") == g, g:seek("set"), g:read("a")) --> 3	true	0	012abc6789
g:seek("end", 5)
g:write("!")
g:seek("set")
local all = g:read("a")
print(#all, all:sub(11, 15) == ("\0"):rep(5), all:sub(-1)) --> 16	true	!
g:seek("set", math.maxinteger)
print(g:seek("set", 0)) --> 0
g:close()
