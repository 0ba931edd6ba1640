--- expect: exit -7
-- A negative status from the depth of coroutines, finalizers and protected calls.
io.write "before" --> before
setmetatable({}, { __gc = function() coroutine.wrap(function() pcall(xpcall, os.exit, print, -7) end)() end })
collectgarbage()
print "after"
