--- expect: ok
-- string.pack and unpack for strings: fixed size, with a length in front, with a zero at the end.
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
print(hex(string.pack("z", "hi")), hex(string.pack("<s1", "hi")), hex(string.pack(">s2", "hi"))) --> 686900	026869	00026869
print(hex(string.pack("c5", "hi")), hex(string.pack("c2", "hi")), #string.pack("c0", "")) --> 6869000000	6869	0
print(string.unpack("z", "hi\0there")) --> hi	4
print(string.unpack("s1", "\3abcd")) --> abc	5
print(string.unpack("c3", "abcd")) --> abc	4
print(hex(string.pack("<i1 x i1", 1, 2)), hex(string.pack("<!4 i1 Xi4 i4", 1, 2))) --> 010002	0100000002000000
print(string.unpack("<s4 z B", string.pack("<s4 z B", "len", "zero", 7))) --> len	zero	7	14
local record = "<I4 s1 d z"
local packed = string.pack(record, 7, "name", 2.5, "end")
print(#packed, string.unpack(record, packed)) --> 21	7	name	2.5	end	22
print(select("#", string.unpack("", "")), string.unpack("", "abc")) --> 1	1
print(string.unpack("<i2", "\1\0\2\0", 3)) --> 2	5
