--- expect: cpu
--- fuel: 2e8
-- The largest count that a for loop knows, down and up.
print "before" --> before
for i = math.maxinteger, math.mininteger, -1 do
  if i < 0 then print "impossible" end
end
