--- expect: cpu
-- The same through a full collection.
setmetatable({}, { __gc = function() while true do end end })
print("before") --> before
collectgarbage()
print("never")
