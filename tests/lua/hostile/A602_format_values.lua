--- expect: ok
-- string.format with values that fit no conversion.
local function try(...) return select(2, pcall(string.format, ...)) end
print(try("%d", "1e308")) --> bad argument #2 to 'string.format' (number has no integer representation)
print(try("%c%c", -1, 256):byte(1, -1)) --> 255	0
print(try("%i", 2 ^ 63)) --> bad argument #2 to 'string.format' (number has no integer representation)
print(try("%x %X %o", -1, math.mininteger, -1)) --> ffffffffffffffff 8000000000000000 1777777777777777777777
print(try("%q", 0 / 0), try("%q", 1 / 0), try("%q", -1 / 0), try("%q", math.mininteger)) --> (0/0)	1e9999	-1e9999	0x8000000000000000
print(try("%q", {})) --> bad argument #2 to 'string.format' (value has no literal form)
print(try("%a", 1), try("%.3a", 0.1), try("%g", 2 ^ 1023)) --> 0x1p+0	0x1.99ap-4	8.98847e+307
print(load("return " .. try("%q", "\0\r\n\"\\\200"))() == "\0\r\n\"\\\200") --> true
print(#try("%.99f", -1e308), #try("%099d", math.mininteger), #try("%-99.99f", 1e308)) --> 410	99	409
