--- expect: ok
-- The integer side of the math library.
print(math.floor(3.7), math.floor(-3.7), math.ceil(3.2), math.ceil(-3.2), math.floor(5), math.type(math.floor(2.0))) --> 3	-4	4	-3	5	integer
print(math.floor(1e300) == 1e300, math.ceil(-1e300) == -1e300, math.type(math.floor(1e300))) --> true	true	float
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("x"), math.tointeger({}), math.tointeger(2 ^ 62)) --> 3	nil	nil	nil	4611686018427387904
print(math.type(1), math.type(1.0), math.type("1"), pcall(math.type)) --> integer	float	nil	false	bad argument #1 to 'math.type' (value expected)
print(math.abs(-5), math.abs(-5.5), math.abs(math.mininteger), math.max(1, 2.5, 2), math.min(3, 1, 2)) --> 5	5.5	-9223372036854775808	2.5	1
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(-7.5, 2), math.fmod(math.mininteger, -1)) --> 1	-1	1	-1.5	0
print(pcall(math.fmod, 1, 0)) --> false	bad argument #2 to 'math.fmod' (zero)
print(math.fmod(1, math.huge), math.fmod(5.5, 5), math.fmod(1, 0.0) ~= math.fmod(1, 0.0)) --> 1.0	0.5	true
print(string.format("%.1f %.1f", math.modf(-3.7)), (math.modf(3.7))) --> -3.0 -0.7	3
print(math.modf(5)) --> 5	0.0
print(math.modf(math.huge)) --> inf	0.0
print(math.ult(1, 2), math.ult(-1, 1), math.ult(1, -1), pcall(math.ult, 1.5, 2)) --> true	false	true	false	bad argument #1 to 'math.ult' (number has no integer representation)
print(math.maxinteger, math.mininteger, math.maxinteger // -1, math.huge > math.maxinteger) --> 9223372036854775807	-9223372036854775808	-9223372036854775807	true
print(pcall(math.max)) --> false	bad argument #1 to 'math.max' (value expected)
print(pcall(math.floor, "x")) --> false	bad argument #1 to 'math.floor' (number expected, got string)
print(math.floor("3.7"), math.abs("-2")) --> 3	2.0
