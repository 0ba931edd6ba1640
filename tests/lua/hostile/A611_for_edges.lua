--- expect: ok
-- Numeric loops at the edges never wrap around.
local lo, hi = math.mininteger, math.maxinteger
local function count(a, b, c) local n = 0 for _ = a, b, c do n = n + 1 assert(n < 100) end return n end
print(count(hi - 2, hi, 1), count(lo + 2, lo, -1), count(lo, hi, hi), count(hi, lo, lo), count(1, 0, 1), count(hi, hi, hi)) --> 3	3	3	2	0	1
print(count(hi - 1, 1e308, 1), count(lo + 1, -1 / 0, -1), count(1, 0 / 0, 1), count(1, 3.9, 1), count(3, 1.1, -1)) --> 2	2	0	3	2
print(count(1.0, 3, 1), count(0.1, 1, 0.3), count(2 ^ 53, 2 ^ 53 + 4, 2.0)) --> 3	4	3
for _, step in ipairs { 0, 0.0, -0.0 } do assert(not pcall(count, 1, 2, step)) end
print(pcall(count, "1", 2, 1)) --> true	2
print(pcall(count, 1, {}, 1)) --> false	A611_for_edges.lua:4: bad 'for' limit (number expected, got table)
