--- expect: ok
--- memory: 16MiB
-- An array that doubles until it cannot, inside pcall; what was in it is whole.
local t = {}
local ok, message = pcall(function() for i = 1, math.huge do t[i] = i end end)
print(ok, message) --> false	not enough memory
local n = #t
for i = 1, n do assert(t[i] == i) end
assert(n >= 1 << 18, n)
t = nil
collectgarbage()
print(#("x"):rep(1 << 20)) --> 1048576
