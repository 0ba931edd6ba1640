--- expect: ok
--- memory: 16MiB
-- The same for the part that hashes; a table that could not grow is as it was.
local t = {}
local ok, message = pcall(function() for i = 1, math.huge do t[i + 0.5] = i end end)
print(ok, message) --> false	not enough memory
local count = 0
for k, v in pairs(t) do assert(k == v + 0.5) count = count + 1 end
assert(count >= 1 << 16)
for i = 1, count do assert(t[i + 0.5] == i) end
t = nil
collectgarbage()
print(#("x"):rep(1 << 20)) --> 1048576
