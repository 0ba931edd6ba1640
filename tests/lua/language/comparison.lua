--- expect: ok
-- Integers and floats compare by their mathematical value, without rounding.
print(1 == 1.0, 2 ^ 53 == 2 ^ 53 + 1, (1 << 53) + 1 == 2 ^ 53) --> true	true	false
print((1 << 53) + 1 > 2 ^ 53, math.maxinteger < 2 ^ 63, math.maxinteger + 0.0 == 2 ^ 63) --> true	true	true
print(math.mininteger <= -2 ^ 63, math.mininteger < -2 ^ 63, -2 ^ 63 == math.mininteger) --> true	false	true
print(1 < math.huge, -math.huge < math.mininteger, 1 <= 1.5, 2 <= 1.5) --> true	true	true	false
local nan = 0 / 0
print(1 < nan, 1 >= nan, nan > math.huge, nan == nan) --> false	false	false	false
print({} == {}, print == print, "a" == "\97", nil == false) --> false	true	true	false
print(not nil, not 0, not "", nil and 1, 0 and 1, false or nil) --> true	false	false	nil	1	nil
print(pcall(function() return {} < {} end))
--> false	comparison.lua:11: attempt to compare two table values
print(pcall(function() return nil > 1 end))
--> false	comparison.lua:13: attempt to compare number with nil
print(pcall(function() return print <= true end))
--> false	comparison.lua:15: attempt to compare function with boolean
