--- expect: ok
-- Integer arithmetic wraps around; decimal literals that do not fit become floats, hexadecimal ones wrap.
local max, min = math.maxinteger, math.mininteger
print(max + 1 == min, min - 1 == max, -min == min) --> true	true	true
print(max * 2, min * 2, max * max) --> -2	0	1
print(9223372036854775807, 9223372036854775808) --> 9223372036854775807	9.2233720368548e+18
print(-9223372036854775808) --> -9.2233720368548e+18
print(0xffffffffffffffff, 0x7fffffffffffffff, 0x1ffffffffffffffff) --> -1	9223372036854775807	-1
print(math.type(max + 0.0), max + 0.0 == 2 ^ 63) --> float	true
print(math.abs(min), math.ult(1, -1), math.ult(-1, 1)) --> -9223372036854775808	true	false
print(math.tointeger(2 ^ 53), math.tointeger(2 ^ 63), math.tointeger("8"), math.tointeger(3.5)) --> 9007199254740992	nil	8	nil
print(string.format("%d", -0x8000000000000000), tostring(min)) --> -9223372036854775808	-9223372036854775808
local f = 1
for i = 1, 25 do f = f * i end
print(f) --> 7034535277573963776
