--- expect: ok
--- memory: 16MiB
-- With the memory full, print and io.write still say what they are told.
local kept, ok, message = {}, nil, nil
for _, size in ipairs { 1 << 20, 1 << 14, 1 << 8, 32 } do
  ok, message = pcall(function() while true do kept[#kept + 1] = ("x"):rep(size) .. #kept end end)
  assert(not ok and message == "not enough memory")
end
io.write "full\n" --> full
print "still full" --> still full
io.stdout:write("a", 1, "\n") --> a1
kept = nil
collectgarbage()
print "empty" --> empty
