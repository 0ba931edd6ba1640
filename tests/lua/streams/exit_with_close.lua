--- expect: exit 9
-- With close = true the state is closed first: pending <close> variables and finalizers run.
setmetatable({}, { __gc = function() io.stderr:write("finalizer\n") end })
print("before") --> before
os.exit(9, true)
