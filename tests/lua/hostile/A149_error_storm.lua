--- expect: cpu
--- fuel: 1e8
-- A hundred thousand caught errors cost at least a hundred million units of fuel.
print "before" --> before
for _ = 1, 100000 do pcall(error) end
print "after"
