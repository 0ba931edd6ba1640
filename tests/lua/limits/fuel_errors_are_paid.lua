--- expect: cpu
--- fuel: 8e7
-- Throwing is not free: a hundred thousand caught errors cost more than eighty million units.
print("before") --> before
for _ = 1, 100000 do pcall(error) end
print("too cheap")
