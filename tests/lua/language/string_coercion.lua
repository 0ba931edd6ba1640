--- expect: ok
-- Arithmetic converts strings, concatenation converts numbers, comparison converts nothing.
print("10" + 1, "10" * "2", "0x10" + 0, " 7 " + 0) --> 11	20	16	7
print("3.0" + 1, "1e1" + 0, "10" // "3", "7" % 4) --> 4.0	10.0	3	3
print(10 .. 20, 1.5 .. "", -0.0 .. "", 2 ^ 31 .. "") --> 1020	1.5	-0.0	2147483648.0
print("2" ^ 2, -"3", -"0x10", - "1.5") --> 4.0	-3	-16	-1.5
print(pcall(function() return "abc" + 1 end))
--> false	string_coercion.lua:7: attempt to add a 'string' with a 'number'
print(pcall(function() local s = "12x"; return s * 2 end))
--> false	string_coercion.lua:9: attempt to mul a 'string' with a 'number'
print(pcall(function() return 1 < "2" end))
--> false	string_coercion.lua:11: attempt to compare number with string
print(pcall(function() return {} .. "x" end))
--> false	string_coercion.lua:13: attempt to concatenate a table value
print("10" == 10, "abc" < "abd", "Z" < "a", "" < "a", "a" < "a\0") --> false	true	true	true	true
print("9223372036854775807" + 0, "9223372036854775808" + 0) --> 9223372036854775807	9.2233720368548e+18
print(math.type("10" + 0), math.type("10." + 0)) --> integer	float
