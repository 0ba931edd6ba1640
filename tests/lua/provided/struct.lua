--- expect: ok
-- struct, with the sizes of 64-bit Unix.
local struct = require "struct"
local function hex(text) return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)) end
print(hex(struct.pack("<bBhHiIlLT", -1, 255, -2, 65535, -3, 4294967295, -4, 5, 6))) --> fffffefffffffdfffffffffffffffcffffffffffffff05000000000000000600000000000000
print(struct.unpack("<bBhHiIlLT", struct.pack("<bBhHiIlLT", -1, 255, -2, 65535, -3, 4294967295, -4, 5, 6))) --> -1	255	-2	65535	-3	4294967295	-4	5	6	39
print(hex(struct.pack(">hHi3I5", 1, 2, -3, 4)), struct.unpack(">hHi3I5", struct.pack(">hHi3I5", 1, 2, -3, 4))) --> 00010002fffffd0000000004	1	2	-3	4	13
print(hex(struct.pack("!bi!4bd!8bd", 1, 2, 3, 4, 5, 6)), struct.size "!bi!4bd!8bd") --> 0100000002000000030000000000000000001040050000000000000000001840	32
print(hex(struct.pack("sc3c0x", "ab", "xyz1", "q")), struct.unpack("sc3", struct.pack("sc3", "ab", "xyz"))) --> 61620078797a7100	ab	xyz	7
print(struct.unpack("Bc0", struct.pack("Bc0", 3, "abc") .. "rest")) --> abc	5
print(struct.unpack("bb", "\1\2\3", 2)) --> 2	3	4
print(hex(struct.pack("fd>fd", 1.5, -2.5, 1.5, -2.5)), struct.unpack("fd>fd", struct.pack("fd>fd", 1.5, -2.5, 1.5, -2.5))) --> 0000c03f00000000000004c03fc00000c004000000000000	1.5	-2.5	1.5	-2.5	25
print(hex(struct.pack("b", 300)), hex(struct.pack("i", 2.9)), hex(struct.pack("i", -2.9)), hex(struct.pack("L", 2.0 ^ 63))) --> 2c	02000000	feffffff	0000000000000080
print((struct.unpack("i32", struct.pack("i32", -5))), #struct.pack("i32", 1)) --> -5	32
local function message(name, ...) return (select(2, pcall(struct[name], ...))) end
print(message("pack", "z")) --> invalid format option 'z'
print(message("pack", "i33", 1)) --> integral size 33 is larger than limit of 32
print(message("pack", "!3")) --> alignment is not a power of 2
print(message("pack", "c5", "abc")) --> bad argument #2 to 'struct.pack' (string too short)
print(message("pack", "i", "x")) --> bad argument #2 to 'struct.pack' (number expected, got string)
print(message("pack", "i", 0 / 0)) --> bad argument #2 to 'struct.pack' (number has no integer representation)
print(message("pack", "i99999999999", 1)) --> size in a format is too large
print(message("pack", "iii", 1)) --> bad argument #3 to 'struct.pack' (number expected, got nil)
print(message("unpack", "i", "abc")) --> bad argument #2 to 'struct.unpack' (data string too short)
print(message("unpack", "c999999999", "abc")) --> bad argument #2 to 'struct.unpack' (data string too short)
print(message("unpack", "c0", "abc")) --> format 'c0' needs a previous size
print(message("unpack", "bc0", "\5ab")) --> bad argument #2 to 'struct.unpack' (data string too short)
print(message("unpack", "bc0", "\255ab")) --> bad argument #2 to 'struct.unpack' (data string too short)
print(message("unpack", "s", "abc")) --> unfinished string in data
print(message("unpack", "i", "abcd", 0)) --> bad argument #3 to 'struct.unpack' (position out of the string)
print(message("unpack", "b", "abcd", math.maxinteger)) --> bad argument #3 to 'struct.unpack' (position out of the string)
print(message("unpack", "!8bd", "x")) --> bad argument #2 to 'struct.unpack' (data string too short)
print(message("size", "s")) --> bad argument #1 to 'struct.size' (variable-size format)
print(message("size", "c0")) --> bad argument #1 to 'struct.size' (variable-size format)
print(message("size", ("c999999999"):rep(3))) --> bad argument #1 to 'struct.size' (format too large)
print(message("unpack", ("b"):rep(2000000), ("x"):rep(2000000)):match "^stack overflow") --> stack overflow
