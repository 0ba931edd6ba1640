--- expect: ok
-- Addresses that are shown are offsets in the guest's memory, and are those of the next run too.
local last = 0
for i = 1, 2000 do
  for _, value in ipairs { {}, function() return i end, coroutine.create(print), string.rep("x", 100 + i) } do
    local address = tonumber(string.format("%p", value):match "0x(%x+)$", 16)
    assert(address > 0 and address < 1 << 26, address)
    if type(value) ~= "string" then assert(address % 4 == 0 and tostring(value):match "0x(%x+)$" == string.format("%p", value):sub(3)) end
  end
end
local text = table.concat({ tostring(print), tostring(io.stdout), tostring(_G), string.format("%p", "x") }, " ")
assert(not text:match "0x7f%x%x%x%x%x%x%x%x" and not text:match "0x5[56]%x%x%x%x%x%x%x%x")
print "offsets" --> offsets
