--- expect: cpu
--- fuel: 3e8
-- A handler that makes tracebacks of a deep stack, for ever.
print "before" --> before
local function deep(n) if n == 0 then error "bottom" end deep(n - 1) return n end
xpcall(deep, function(e) while true do e = debug.traceback(e):sub(1, 100) end end, 10000)
print "after"
