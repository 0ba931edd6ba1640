--- expect: ok
-- Formats of struct that ask for much, and bits at the edges.
local struct, bit32 = require "struct", require "bit32"
for _, bad in ipairs { "i99", "c2147483647", "!3", "!64", "i0", "z", "y", "s", "c0", ("i"):rep(10000) } do pcall(struct.pack, bad, 1) pcall(struct.unpack, bad, "abc") pcall(struct.size, bad) end
for _, at in ipairs { 0, -1, math.mininteger, math.maxinteger, 5 } do assert(not pcall(struct.unpack, "i4", "abcd", at), at) end
print(bit32.lshift(1, 32), bit32.rshift(-1, 31), bit32.lshift(1, -math.maxinteger), bit32.bnot(0), bit32.arshift(1 << 31, 100)) --> 0	1	0	4294967295	4294967295
print(pcall(bit32.extract, 1, 32), pcall(bit32.extract, 1, 0, 33), pcall(bit32.replace, 1, 1, -1) == false) --> false	false	true
