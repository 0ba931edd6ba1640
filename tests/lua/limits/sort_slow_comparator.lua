--- expect: cpu
-- A comparator that is only slow, on an array that is only large.
local t = {}
for i = 1, 100000 do t[i] = (i * 7919) % 100003 end
table.sort(t, function(a, b) for _ = 1, 1000 do end return a < b end)
