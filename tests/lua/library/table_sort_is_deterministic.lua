--- expect: ok
-- Large arrays, sorted and reverse sorted and with many equal elements, sort correctly and cheaply.
local function check(n, make, less)
  local t, comparisons = {}, 0
  for i = 1, n do t[i] = make(i) end
  table.sort(t, function(a, b) comparisons = comparisons + 1; return a < b end)
  for i = 2, n do assert(t[i - 1] <= t[i]) end
  return comparisons < 40 * n
end
print(check(3000, function(i) return i end)) --> true
print(check(3000, function(i) return -i end)) --> true
print(check(3000, function(i) return i % 7 end)) --> true
print(check(3000, function() return 0 end)) --> true
print(check(3000, function(i) return (i * 7919) % 3001 end)) --> true
