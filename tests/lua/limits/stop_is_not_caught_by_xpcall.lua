--- expect: cpu
-- No message handler sees the stop.
print("before") --> before
print(xpcall(function() while true do end end, function(e) print("handler", e); return e end))
print("after the stop")
