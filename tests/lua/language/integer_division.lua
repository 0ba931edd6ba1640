--- expect: ok
-- Floor division and modulo round towards minus infinity, for integers and for floats.
print(7 // 2, -7 // 2, 7 // -2, -7 // -2) --> 3	-4	-4	3
print(7 % 3, -7 % 3, 7 % -3, -7 % -3) --> 1	2	-2	-1
print(7 // 2.0, -7 // 2.0, 7.5 // 2) --> 3.0	-4.0	3.0
print(5.5 % 2, -5.5 % 2, 5.5 % -2) --> 1.5	0.5	-0.5
print(1 // 0.0, -1 // 0.0, 5 % math.huge, -5 % math.huge) --> inf	-inf	5.0	inf
print(math.mininteger // -1 == math.mininteger, math.mininteger % -1) --> true	0
print(pcall(function() return 1 // 0 end)) --> false	integer_division.lua:9: attempt to divide by zero
print(pcall(function() return 1 % 0 end)) --> false	integer_division.lua:10: attempt to perform 'n%0'
print(7 / 2, 8 / 2, 2 ^ 2, 10 // 1) --> 3.5	4.0	4.0	10
for a = -6, 6 do
  for b = -4, 4 do
    if b ~= 0 then
      assert((a // b) * b + a % b == a)
      assert(a // b == math.floor(a / b))
    end
  end
end
print("identity holds") --> identity holds
