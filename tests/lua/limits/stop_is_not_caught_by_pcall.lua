--- expect: cpu
-- The stop is no error: nothing after it runs.
print("before") --> before
for i = 1, 3 do
  print(pcall(function() while true do end end))
  print("after the stop", i)
end
