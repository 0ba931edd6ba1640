--- expect: cpu
--- fuel: 5e7
-- Ten million rounds do not.
print("before") --> before
local s = 0
for i = 1, 10000000 do s = s + i end
print(s)
