--- expect: output
-- The error stream has a ceiling of its own; a finalizer writes there too.
setmetatable({}, { __gc = function() while true do pcall(io.stderr.write, io.stderr, ("e"):rep(1000)) end end })
collectgarbage()
