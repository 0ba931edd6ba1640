--- expect: cpu
-- Finalizers do not run after the stop.
keep = setmetatable({}, { __gc = function() print("finalizer") end })
print("before") --> before
collectgarbage("stop")
local n = 0
while true do n = n + 1 end
