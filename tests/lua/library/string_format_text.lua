--- expect: ok
-- string.format with %s, %q, %c, %p and the values that are not strings.
local f = string.format
print(f("%s %s %s %s", nil, true, 12, 1.5)) --> nil true 12 1.5
print(f("%10s|%-10s|%.2s|%5.1s|", "right", "left", "cut", "one")) -->      right|left      |cu|    o|
print(f("%s", setmetatable({}, { __tostring = function() return "custom" end }))) --> custom
print(#f("%s", ("x"):rep(1000)), #f("%s", "a\0b"), pcall(f, "%20s", "a\0b")) --> 1000	3	false	bad argument #2 to 'string.format' (string contains zeros)
print(f("%q", 'a "quoted"\\ back\nnew\0null\r1'))
--> "a \"quoted\"\\ back\
--> new\0null\0131"
print(f("%q", 1), f("%q", 0.1), f("%q", math.mininteger), f("%q", math.huge), f("%q", -math.huge)) --> 1	0x1.999999999999ap-4	0x8000000000000000	1e9999	-1e9999
print(f("%q", true), f("%q", nil), f("%q", 0 / 0)) --> true	nil	(0/0)
print(pcall(f, "%q", {})) --> false	bad argument #2 to 'string.format' (value has no literal form)
print(load("return " .. f("%q", "\1\0012\200\n\"\\"))() == "\1\0012\200\n\"\\") --> true
print((f("%p", {}):gsub("0x%x+", "0xADDR")), f("%p", 1), f("%p", nil), f("%p", "s") == f("%p", "s")) --> 0xADDR	(null)	(null)	true
print(f("%-5s|", "é"), f("%s%s", "a", "b"), #f("")) --> é   |	ab	0
print(f("%i", 3), f("%s", 2 ^ 63), f("%s", -0.0)) --> 3	9.2233720368548e+18	-0.0
