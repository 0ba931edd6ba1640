--- expect: ok
-- table.concat of one large text a thousand times, and of numbers.
local big = ("x"):rep(1 << 20)
local t = {}
for i = 1, 1000 do t[i] = big end
print(pcall(table.concat, t)) --> false	not enough memory
t = nil
collectgarbage()
print(collectgarbage "count" < 4096) --> true
print(#table.concat({ 1, 2.5, "x" }, ",")) --> 7
