--- expect: ok
--- memory: 4MiB
-- Buffers of the library that grow while others do.
local s = ("a"):rep(1 << 17) .. "b"
local function nested(n)
  return (s:gsub("b", function() if n > 0 then nested(n - 1) end end))
end
local ok, message = pcall(nested, 40)
print(ok, ok or message) --> false	not enough memory
collectgarbage()
for _ = 1, 5 do assert(nested(2) == s) end
for _, f in ipairs { string.upper, string.lower, string.reverse } do
  ok, message = pcall(function() local kept = {} for i = 1, 100 do kept[i] = f(s) .. i end end)
  assert(not ok and message == "not enough memory")
end
collectgarbage()
print(collectgarbage "count" < 1024) --> true
