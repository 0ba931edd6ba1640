--- expect: ok
-- string.pack and unpack for integers and floats in both byte orders.
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
print(hex(string.pack("<i4", 1)), hex(string.pack(">i4", 1)), hex(string.pack("<i3", -2))) --> 01000000	00000001	feffff
print(hex(string.pack("<I2 >I2", 258, 258)), hex(string.pack("b B", -1, 255))) --> 02010102	ffff
print(hex(string.pack("<h", -2)), hex(string.pack("<i8", math.mininteger)), hex(string.pack(">i16", -1))) --> feff	0000000000000080	ffffffffffffffffffffffffffffffff
print(hex(string.pack("<d", 1.5)), hex(string.pack("<f", 0.5)), hex(string.pack(">n", -2))) --> 000000000000f83f	0000003f	c000000000000000
print(string.unpack("<i4", "\1\0\0\0rest")) --> 1	5
print(string.unpack("<i2 i2", "\1\0\2\0")) --> 1	2	5
print((string.unpack("<I3", "\255\255\255")), (string.unpack("<i3", "\255\255\255"))) --> 16777215	-1
print(string.unpack("<i16", ("\255"):rep(16))) --> -1	17
print(string.unpack("<d", string.pack("<d", math.pi)) == math.pi, string.unpack("<f", string.pack("<f", 0.1)) == 0.1) --> true	false
print(string.packsize("<i4 i8"), string.packsize("!8 i1 i8"), string.packsize("!4 i1 i8"), string.packsize("<b h i1 i7")) --> 12	16	12	11
print(string.packsize("j"), string.packsize("n"), string.packsize("d"), string.packsize("f"), string.packsize("i"), string.packsize("h")) --> 8	8	8	4	4	2
print(string.unpack("<i4", "xx\1\0\0\0", 3)) --> 1	7
print(string.unpack("B", "abc", -1)) --> 99	4
local s = string.pack(">!4 i1 !2 i2 i4", 1, 2, 3)
print(hex(s), string.unpack(">!4 i1 !2 i2 i4", s)) --> 0100000200000003	1	2	3	9
