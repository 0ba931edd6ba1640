--- rocks: lua-messagepack
local mp = require "MessagePack"
-- Messages without the place where they were raised.
local function fails(f, ...)
  local ok, message = pcall(f, ...)
  print(ok, (tostring(message):gsub("^[^:]*:%d+: ", "")))
end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
for _, value in ipairs { 0, 127, 128, 255, 256, 65535, 65536, -1, -32, -33, -129, 1.5, -0.25, 2 ^ 53, "", "text", true, false } do
  local packed = mp.pack(value)
  print(value, hex(packed), mp.unpack(packed) == value)
end
print(hex(mp.pack { 1, 2, { "x" } }), hex(mp.pack { a = 1 }), hex(mp.pack(nil)))
mp.set_string "binary"
print(hex(mp.pack "\0\1"))
mp.set_string "string"
mp.set_array "always_as_map"
print(hex(mp.pack { 5 }))
mp.set_array "without_hole"
local long = ("x"):rep(70000)
print(#mp.pack(long), mp.unpack(mp.pack(long)) == long)
for cursor, value in mp.unpacker(mp.pack(1) .. mp.pack "two" .. mp.pack { 3 }) do
  print(cursor, type(value) == "table" and value[1] or value)
end
fails(mp.unpack, "\xda\xff")
