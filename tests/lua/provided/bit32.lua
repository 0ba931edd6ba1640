--- expect: ok
-- bit32 as the manual of Lua 5.2 describes it. There is no module of Debian's to compare with; the results are
-- those of the reference interpreter of 5.2.
local bit32 = require "bit32"
print(bit32.band(), bit32.bor(), bit32.bxor()) --> 4294967295	0	0
print(bit32.band(0xFF0, 0x0FF), bit32.bor(1, 2, 4), bit32.bxor(7, 2)) --> 240	7	5
print(bit32.bnot(0), bit32.bnot(-1), bit32.band(-1)) --> 4294967295	0	4294967295
print(bit32.btest(1, 3), bit32.btest(1, 2), bit32.btest()) --> true	false	true
-- modulo 2^32, floats too
print(bit32.band(1 << 32), bit32.band(2.0^32 + 5), bit32.band(-2.0^53 - 2), bit32.band("7")) --> 0	5	4294967294	7
print(bit32.band(2.0^70), bit32.band(1.5), bit32.band(2.5)) --> 0	2	2
-- shifts
print(bit32.lshift(1, 31), bit32.lshift(1, 32), bit32.lshift(1, -1), bit32.lshift(8, -3)) --> 2147483648	0	0	1
print(bit32.rshift(-1, 31), bit32.rshift(-1, 32), bit32.rshift(1, -4)) --> 1	0	16
print(bit32.arshift(-1, 4), bit32.arshift(-8, 1), bit32.arshift(8, 1), bit32.arshift(-1, 64)) --> 4294967295	4294967292	4	4294967295
print(bit32.arshift(1, -3), bit32.arshift(-1, -31), bit32.arshift(0x80000000, -1)) --> 8	2147483648	0
print(bit32.lshift(1, math.mininteger), bit32.rshift(1, math.mininteger), bit32.arshift(-1, math.mininteger)) --> 0	0	0
-- rotations
print(bit32.lrotate(0x80000001, 1), bit32.rrotate(0x80000001, 1), bit32.lrotate(5, 32), bit32.lrotate(1, -1)) --> 3	3221225472	5	2147483648
print(bit32.rrotate(1, math.mininteger), bit32.lrotate(1, 33)) --> 1	2
-- fields
print(bit32.extract(0xABCD, 4), bit32.extract(0xABCD, 4, 8), bit32.extract(-1, 0, 32)) --> 0	188	4294967295
print(bit32.replace(0, 0xF, 4), bit32.replace(0, 0xFF, 4, 4), bit32.replace(-1, 0, 0, 32)) --> 16	240	0
local function message(...) return select(2, pcall(...)) end
print(message(bit32.extract, 0, -1)) --> bad argument #2 to 'bit32.extract' (field cannot be negative)
print(message(bit32.extract, 0, 0, 0)) --> bad argument #3 to 'bit32.extract' (width must be positive)
print(message(bit32.extract, 0, 31, 2)) --> trying to access non-existent bits
print(message(bit32.replace, 0, 0, 32)) --> trying to access non-existent bits
print(message(bit32.replace, 0, 0, 0, math.maxinteger)) --> trying to access non-existent bits
print(message(bit32.band, "x")) --> bad argument #1 to 'bit32.band' (number expected, got string)
print(message(bit32.band, 0 / 0)) --> bad argument #1 to 'bit32.band' (number has no integer representation)
print(message(bit32.bor, 1, math.huge)) --> bad argument #2 to 'bit32.bor' (number has no integer representation)
