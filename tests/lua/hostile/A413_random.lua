--- expect: ok
-- Ranges of math.random at the edges, and seeds of every kind.
local lo, hi = math.mininteger, math.maxinteger
for _ = 1, 1000 do
  local a, b, c = math.random(lo, hi), math.random(hi - 1, hi), math.random(lo, lo + 1)
  assert(math.type(a) == "integer" and b >= hi - 1 and c <= lo + 1)
  assert(math.random(1) == 1 and math.random(lo, lo) == lo and math.random(hi, hi) == hi)
  assert(math.random(-5, 5) >= -5 and math.random(0, hi) >= 0)
  local r = math.random()
  assert(r >= 0 and r < 1)
end
print(pcall(math.random, hi, lo)) --> false	bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.random, 0.5)) --> false	bad argument #1 to 'math.random' (number has no integer representation)
print(math.type(math.random(0))) --> integer
print(pcall(math.random, 1, 2, 3)) --> false	wrong number of arguments
math.randomseed(42)
local first = math.random(1 << 40)
math.randomseed(42)
print(math.random(1 << 40) == first) --> true
for _, seed in ipairs { lo, hi, 0, -1, 1.5, 2 ^ 53, 0 / 0, 1 / 0, -1 / 0, 1e300 } do pcall(math.randomseed, seed) math.random() end
print(math.random(1, 1)) --> 1
