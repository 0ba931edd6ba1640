--- expect: ok
-- print uses __tostring and __name, writes zeros, and does not depend on the global tostring.
local named = setmetatable({}, { __name = "Point" })
print((tostring(named):gsub("0x%x+", "ADDR"))) --> Point: ADDR
print(setmetatable({}, { __tostring = function() return "a\tb" end }), "c") --> a	b	c
tostring = function() return "replaced" end
print(1, nil, "x") --> 1	nil	x
tostring = nil
print(2, true) --> 2	true
print(pcall(print, setmetatable({}, { __tostring = function() return {} end }))) --> false	'__tostring' must return a string
print(#("a\0b"), "é€😀") --> 3	é€😀
print(-0.0, 1e100, math.mininteger) --> -0.0	1e+100	-9223372036854775808
