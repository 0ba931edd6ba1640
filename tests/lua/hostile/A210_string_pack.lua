--- expect: ok
--- memory: 16MiB
-- Formats of string.pack that ask for much.
local function try(f, ...) return select(2, pcall(f, ...)) end
print(try(string.pack, "c2147483647", "x")) --> not enough memory
print(try(string.packsize, "c214748364c214748364")) --> 429496728
print(try(string.packsize, ("c214748364"):rep(11))) --> bad argument #1 to 'string.packsize' (format result too large)
print(try(string.pack, "c9999999999999999999999", "x")) --> not enough memory
print(try(string.unpack, "c214748364", "x")) --> bad argument #2 to 'string.unpack' (data string too short)
print(try(string.unpack, "s8", ("\xff"):rep(8))) --> bad argument #2 to 'string.unpack' (data string too short)
print(try(string.unpack, "s4", "\xff\xff\xff\xff")) --> bad argument #2 to 'string.unpack' (data string too short)
print(try(string.unpack, "z", "no end")) --> bad argument #2 to 'string.unpack' (unfinished string for format 'z')
print(try(string.unpack, "i16", ("\x7f"):rep(16))) --> 16-byte integer does not fit into Lua Integer
print(try(string.pack, "i17", 1)) --> integral size (17) out of limits [1,16]
print(try(string.pack, "!17 i1", 1)) --> integral size (17) out of limits [1,16]
print(try(string.pack, "!3 i3 Xi3", 1)) --> bad argument #1 to 'string.pack' (format asks for alignment not power of 2)
for _, at in ipairs { math.maxinteger, 3, 4, 1 << 31 } do assert(not pcall(string.unpack, "b", "ab", at)) end
print(string.unpack("b", "ab", -2), (string.unpack("", "ab", 3))) --> 97	3
local ones = setmetatable({}, { __index = function() return -1 end })
print(#string.pack("!16" .. ("i16"):rep(100), table.unpack(ones, 1, 100))) --> 1600
