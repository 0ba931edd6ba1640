--- expect: cpu
-- Two coroutines hand control to each other without end.
local a = coroutine.wrap(function() while true do coroutine.yield() end end)
local b = coroutine.wrap(function() while true do a() coroutine.yield() end end)
while true do b() end
