--- expect: ok
--- fuel: 5e7
-- A loop of a hundred thousand rounds fits into fifty million units.
local s = 0
for i = 1, 100000 do s = s + i end
print(s) --> 5000050000
