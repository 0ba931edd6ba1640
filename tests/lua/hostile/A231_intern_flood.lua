--- expect: ok
--- memory: 16MiB
-- Short texts fill the table of texts; it shrinks again.
local ok, message = pcall(function() local t = {} for i = 1, math.huge do t[i] = "text" .. i end end)
print(ok, message) --> false	not enough memory
collectgarbage()
collectgarbage()
print(collectgarbage "count" < 2048) --> true
