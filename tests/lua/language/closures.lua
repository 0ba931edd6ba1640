--- expect: ok
-- Upvalues are shared between closures, live on after the block, and are new in every round of a loop.
local function counter()
  local n = 0
  return function() n = n + 1; return n end, function() n = 0 end
end
local next_a, reset_a = counter()
local next_b = counter()
print(next_a(), next_a(), next_b()) --> 1	2	1
reset_a()
print(next_a(), next_b()) --> 1	2
local fs = {}
for i = 1, 3 do fs[i] = function(d) i = i + d; return i end end
print(fs[1](10), fs[1](10), fs[2](10), fs[3](0)) --> 11	21	12	3
local ws, k = {}, 0
while k < 2 do k = k + 1; local copy = k; ws[k] = function() return copy, k end end
print(ws[1]()) --> 1	2
print(ws[2]()) --> 2	2
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print(fib(15)) --> 610
local function chain(depth)
  if depth == 0 then return function() return "bottom" end end
  local inner = chain(depth - 1)
  return function() return inner() end
end
print(chain(100)()) --> bottom
local function loop(n) if n == 0 then return "tail calls take no stack" end return loop(n - 1) end
print(loop(300000)) --> tail calls take no stack
print(fs[1] == fs[1], fs[1] == fs[2]) --> true	false
