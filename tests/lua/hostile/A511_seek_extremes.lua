--- expect: ok
--- mount: work
-- file:seek to the edges of the integers, behind the end, before the beginning.
local f <close> = assert(io.open("/work/seek", "w+"))
f:write "0123456789"
print(f:seek("set", -1)) --> nil	Invalid argument	28
print(f:seek("cur", math.mininteger)) --> nil	Invalid argument	28
print((f:seek("end", math.mininteger))) --> nil
print((f:seek("cur", math.maxinteger))) --> nil
print(f:seek("end"), f:seek "cur", f:seek("set", 3), f:read(2)) --> 10	10	3	34
print(pcall(f.seek, f, "middle")) --> false	bad argument #2 to '?' (invalid option 'middle')
print(pcall(f.seek, f, "set", 1.5)) --> false	bad argument #3 to '?' (number has no integer representation)
print(f:seek("set", 1 << 40), f:read(1), f:read "a", f:read "n") --> 1099511627776	nil		nil
print((f:flush())) --> true
