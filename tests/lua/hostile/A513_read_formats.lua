--- expect: ok
--- mount: work
-- Formats of read that are wrong, huge, or many; and a file that is no text.
local f = assert(io.open("/work/read", "w+"))
f:write(("x"):rep(1000), "\0\xff\n", ("9"):rep(300), "\n", "0x", ("f"):rep(300), "\n")
local function at(n) f:seek("set", n) return f end
print(pcall(f.read, at(0), "z")) --> false	bad argument #2 to '?' (invalid format)
print(pcall(f.read, at(0), "")) --> false	bad argument #2 to '?' (invalid format)
print(pcall(f.read, at(0), {})) --> false	bad argument #2 to '?' (string expected, got table)
print(pcall(f.read, at(0), 1 << 31)) --> false	not enough memory
print(type(select(2, pcall(f.read, at(0), -1)))) --> string
print(pcall(f.read, at(0), 1 << 40)) --> true	
print(#at(0):read "l", at(1003):read "n", #at(0):read "a" > 1600) --> 1002	nil	true
print(select("#", f:read(table.unpack(setmetatable({}, { __index = function() return 0 end }), 1, 200)))) --> 1
print(#at(0):read(1000, 0, "l")) --> 1000
print(pcall(f.lines, f, table.unpack(setmetatable({}, { __index = function() return 1 end }), 1, 300))) --> false	bad argument #252 to '?' (too many arguments)
f:close()
