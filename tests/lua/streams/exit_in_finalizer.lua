--- expect: exit 7
-- os.exit inside a finalizer.
setmetatable({}, { __gc = function() print("collected"); os.exit(7) end }) --> collected
collectgarbage()
print("after")
