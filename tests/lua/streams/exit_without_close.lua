--- expect: exit 0
-- Without it neither finalizers nor <close> variables run.
keep = setmetatable({}, { __gc = function() print("finalizer") end })
local guard <close> = setmetatable({}, { __close = function() print("closed") end })
print("before") --> before
os.exit(true, false)
