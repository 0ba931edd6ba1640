--- expect: ok
-- The addresses that tostring and %p show are offsets in the guest's own 32-bit memory.
local values = { {}, function() end, print, coroutine.create(print), io.stdout, string.gmatch("x", "x"), setmetatable({}, {}) }
for _, value in ipairs(values) do
  for _, text in ipairs { tostring(value), string.format("%p", value), string.format("%s", value) } do
    local address = text:match("0x(%x+)")
    assert(address and tonumber(address, 16) < 1 << 32, text)
  end
end
assert(tonumber(string.format("%p", "a string"):match("0x(%x+)"), 16) < 1 << 32)
print(string.format("%p", 1), string.format("%p", true)) --> (null)	(null)
local ok, message = pcall(error, {})
assert(tonumber(tostring(message):match("0x(%x+)"), 16) < 1 << 32)
print("offsets only") --> offsets only
