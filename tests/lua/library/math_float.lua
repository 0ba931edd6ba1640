--- expect: ok
-- The float side of the math library, to ten digits.
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = string.format("%.10g", t[i]) end
  print(table.concat(t, " "))
end
show(math.sqrt(2), math.sqrt(-1) ~= math.sqrt(-1) and 1 or 0, math.sqrt(0)) --> 1.414213562 1 0
show(math.sin(1), math.cos(1), math.tan(1)) --> 0.8414709848 0.5403023059 1.557407725
show(math.asin(1), math.acos(-1), math.atan(1), math.atan(-1, -1), math.atan(0, -1)) --> 1.570796327 3.141592654 0.7853981634 -2.35619449 3.141592654
show(math.exp(1), math.exp(0), math.exp(-1000), math.exp(1000)) --> 2.718281828 1 0 inf
show(math.log(math.exp(2)), math.log(8, 2), math.log(1000, 10), math.log(27, 3), math.log(0)) --> 2 3 3 3 -inf
show(math.deg(math.pi), math.rad(180), math.pi) --> 180 3.141592654 3.141592654
show(2 ^ 0.5, 2 ^ -1074, 10 ^ 308, (-8) ^ (1 / 3) ~= (-8) ^ (1 / 3) and 1 or 0) --> 1.414213562 4.940656458e-324 1e+308 1
show(math.pow(2, 10), math.cosh(0), math.sinh(0), math.tanh(100), math.log10(1000), math.ldexp(1, 10)) --> 1024 1 0 1 3 1024
print(math.frexp(8)) --> 0.5	4
print(pcall(math.sqrt, "x")) --> false	bad argument #1 to 'math.sqrt' (number expected, got string)
print(math.sqrt(16), math.exp(0), math.log(1), math.sin(0)) --> 4.0	1.0	0.0	0.0
