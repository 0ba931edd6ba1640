--- expect: cpu
--- fuel: 1e15
--- time: 1s
-- With fuel for hours it is the deadline that ends the loop.
print("before") --> before
while true do end
