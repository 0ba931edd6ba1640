--- expect: ok
--- stderr: warning: error in __gc
-- An error in a finalizer becomes a warning.
warn("@on")
setmetatable({}, { __gc = function() error("lost in a finalizer") end })
collectgarbage()
print("fine") --> fine
