--- expect: cpu
--- fuel: 2e8
-- The message handler of xpcall never returns.
print "before" --> before
print(xpcall(error, function() while true do end end, "x"))
