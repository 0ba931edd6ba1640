--- expect: cpu
--- fuel: 2e8
-- os.exit with close, while a finalizer never returns.
print "before" --> before
Keep = setmetatable({}, { __gc = function() while true do end end })
os.exit(0, true)
