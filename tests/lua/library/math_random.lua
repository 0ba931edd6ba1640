--- expect: ok
-- math.random: ranges, repeatability from a seed, refusals. The seeded sequence is that of xoshiro256**.
math.randomseed(42)
local a, b, c = math.random(1, 100), math.random(1, 100), math.random(1, 100)
math.randomseed(42)
print(a == math.random(1, 100), b == math.random(1, 100), c == math.random(1, 100)) --> true	true	true
for _ = 1, 1000 do
  local f, i, n = math.random(), math.random(6), math.random(-3, 3)
  assert(f >= 0 and f < 1 and math.type(f) == "float")
  assert(i >= 1 and i <= 6 and math.type(i) == "integer")
  assert(n >= -3 and n <= 3)
end
print(math.random(1), math.random(5, 5), math.random(math.mininteger, math.mininteger)) --> 1	5	-9223372036854775808
print(math.type(math.random(0)), math.type(math.random(math.mininteger, math.maxinteger))) --> integer	integer
print(pcall(math.random, 0, -1)) --> false	bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.random, 2, 1)) --> false	bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.random, 1, 2, 3)) --> false	wrong number of arguments
print(pcall(math.random, 1.5)) --> false	bad argument #1 to 'math.random' (number has no integer representation)
math.randomseed(7, 9)
local x = math.random(1 << 40)
math.randomseed(7, 9)
print(x == math.random(1 << 40)) --> true
math.randomseed(42)
print(math.random(1000), math.random(1000), math.random(1000)) --> 742	50	332
print(select("#", math.randomseed(1)), select("#", math.randomseed())) --> 2	2
local first, second = math.randomseed()
print(math.type(first), math.type(second)) --> integer	integer
