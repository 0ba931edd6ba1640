--- expect: ok
-- string.sub, byte, char, len: negative, huge and crossed indices.
local s = "hello"
print(s:sub(2, 4), s:sub(-3), s:sub(2), s:sub(0), s:sub(-100, 100)) --> ell	llo	ello	hello	hello
print(s:sub(4, 2) == "", s:sub(6) == "", s:sub(-2, -3) == "", s:sub(math.mininteger, math.maxinteger)) --> true	true	true	hello
print(s:byte(), s:byte(-1), s:byte(10), s:byte(1, -1)) --> 104	111	nil	104	101	108	108	111
print(select("#", s:byte(10)), select("#", s:byte(3, 2)), s:byte(2, 3)) --> 0	0	101	108
print(#string.char(), string.char(72, 105), #string.char(0, 255)) --> 0	Hi	2
print(pcall(string.char, 256)) --> false	bad argument #1 to 'string.char' (value out of range)
print(pcall(string.char, 65, -1)) --> false	bad argument #2 to 'string.char' (value out of range)
print(#"\0\0", ("a\0b"):len(), ("a\0b"):sub(2, 2) == "\0", "a\0b" == "a\0c") --> 2	3	true	false
print(("abc"):sub(2.0, "3"), pcall(string.sub, "abc", 1.5)) --> bc	false	bad argument #2 to 'string.sub' (number has no integer representation)
print(pcall(string.sub)) --> false	bad argument #1 to 'string.sub' (string expected, got no value)
print(pcall(string.byte, ("x"):rep(1000), 1, 3)) --> true	120	120	120
