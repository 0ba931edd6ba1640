--- expect: cpu
-- A message handler that does not come back.
print("before") --> before
xpcall(error, function() while true do end end)
print("never")
