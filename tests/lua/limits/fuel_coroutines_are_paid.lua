--- expect: cpu
--- fuel: 5e7
-- Switching is not free either: a hundred thousand resumes and yields cost more than fifty million units.
print("before") --> before
local step = coroutine.wrap(function() while true do coroutine.yield() end end)
for _ = 1, 100000 do step() end
print("too cheap")
