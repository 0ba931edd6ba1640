--- expect: ok
-- Keys that share a place: floats, integers, texts of equal hash candidates; a million steps are paid for.
local t = {}
for i = 0, 20000 do t[(i << 32) | 1] = i end
for i = 0, 20000 do assert(t[(i << 32) | 1] == i) end
local u = {}
for i = 1, 5000 do u[i * 2.0 ^ 40 + 0.5] = i end
local count = 0
for _ in pairs(u) do count = count + 1 end
print(count, #t) --> 5000	1
local long = {}
for i = 1, 2000 do long[("x"):rep(1000) .. i .. ("y"):rep(1000)] = i end
print(long[("x"):rep(1000) .. 77 .. ("y"):rep(1000)]) --> 77
