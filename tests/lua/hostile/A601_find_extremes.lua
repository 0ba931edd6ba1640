--- expect: ok
-- Where a search begins, at the edges; empty patterns; plain and not.
local lo = math.mininteger
print(("abc"):find("b", lo), ("abc"):find("", 4), ("abc"):find("", 5), ("abc"):find("c", -1, true)) --> 2	4	nil	3	3
print(("abc"):match("()", lo), ("abc"):match(".-", -10), ("x"):find("", 100, true)) --> 1		nil
print(("a\0b"):find("\0", 1, true), ("a\0b"):find "%z", ("a\0b"):find "[\0]") --> 2	2	2	2
for s in ("abc"):gmatch("", lo) do assert(s == "") end
print(("abc"):gmatch("b", -1)(), ("abc"):gmatch(".", -1)()) --> nil	c
print(pcall(string.find, "x")) --> false	bad argument #2 to 'string.find' (string expected, got no value)
print(("abc"):gsub("", "-", lo), ("abc"):gsub("", "-", 2)) --> abc	-a-bc	2
print(("x"):rep(10):gsub("x", "y", math.maxinteger)) --> yyyyyyyyyy	10
