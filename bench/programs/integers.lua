-- Integer loop: the longest Collatz chain below a bound, and a xorshift sum.
local longest, start = 0, 0
for first = 1, 12000 do
  local n, steps = first, 0
  while n ~= 1 do
    if n & 1 == 0 then n = n >> 1 else n = 3 * n + 1 end
    steps = steps + 1
  end
  if steps > longest then longest, start = steps, first end
end

local x, sum = 88172645463325252, 0
for _ = 1, 300000 do
  x = x ~ (x << 13)
  x = x ~ (x >> 7)
  x = x ~ (x << 17)
  sum = sum + x % 1000
end

return start * 1000000000 + longest * 100000 + sum % 100000
