--- expect: cpu
--- fuel: 2e8
-- A hook at every instruction that never returns.
print "before" --> before
debug.sethook(function() while true do end end, "", 1)
local _ = 1 + 1
print "after"
