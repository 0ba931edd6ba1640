--- expect: ok
-- The numeric for loop computes its number of rounds first and can neither overflow nor be bent from inside.
local function rounds(first, last, step)
  local n = 0
  for _ = first, last, step or 1 do n = n + 1 end
  return n
end
print(rounds(1, 3), rounds(3, 1), rounds(3, 1, -1), rounds(1, 3, -1)) --> 3	0	3	0
print(rounds(math.maxinteger - 1, math.maxinteger), rounds(math.mininteger + 1, math.mininteger, -1)) --> 2	2
print(rounds(1, 10, math.maxinteger), rounds(10, 1, math.mininteger)) --> 1	1
print(rounds(math.mininteger, math.maxinteger, math.maxinteger)) --> 3
print(rounds(1, 3.9), rounds(1, -math.huge), rounds(-1, math.huge, math.maxinteger)) --> 3	0	2
print(rounds(1.0, 2.0, 0.25), rounds(0.1, 0.35, 0.1)) --> 5	3
for i = 1, 3 do local j = i; i = 10; io.write(j, ":", i, " ") end print(".") --> 1:10 2:10 3:10 .
for i = 1.0, 3 do io.write(tostring(i), " ") end print(".") --> 1.0 2.0 3.0 .
for i = 3, 1, -1.0 do io.write(i, " ") end print("io.write drops the .0") --> 3 2 1 io.write drops the .0
print(pcall(function() for _ = 1, 10, 0 do end end))
--> false	for_numeric.lua:17: 'for' step is zero
print(pcall(function() for _ = 1, "x" do end end))
--> false	for_numeric.lua:19: bad 'for' limit (number expected, got string)
print(pcall(function() for _ = "1", 2 do end end))
--> true
print(pcall(function() for _ = 1, 2, {} do end end))
--> false	for_numeric.lua:23: bad 'for' step (number expected, got table)
print(rounds(1, 0 / 0), rounds(0 / 0, 1)) --> 0	1
