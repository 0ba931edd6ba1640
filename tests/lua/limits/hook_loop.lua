--- expect: cpu
-- A debug hook that does not come back.
debug.sethook(function() while true do end end, "l")
print("never")
