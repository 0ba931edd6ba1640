--- expect: ok
-- table.sort: default order, own order, strings, what cannot be compared, and a broken order function.
local t = { 5, 2, 8, 1, 9, 3 }
table.sort(t)
print(table.concat(t, " ")) --> 1 2 3 5 8 9
table.sort(t, function(a, b) return a > b end)
print(table.concat(t, " ")) --> 9 8 5 3 2 1
local words = { "banana", "apple", "Cherry", "", "apple2" }
table.sort(words)
print(table.concat(words, ",")) --> ,Cherry,apple,apple2,banana
local mixed = { 3, 1.5, -1, 2 ^ 53, 0 }
table.sort(mixed)
print(table.concat(mixed, " ")) --> -1 0 1.5 3 9.007199254741e+15
local big, seed = {}, 42
for i = 1, 2000 do seed = (seed * 1103515245 + 12345) % 2147483648; big[i] = seed end
table.sort(big)
for i = 2, #big do assert(big[i - 1] <= big[i]) end
print(pcall(table.sort, { 1, "x" })) --> false	attempt to compare string with number
print(pcall(table.sort, { 1, 2, 3 }, 42)) --> false	bad argument #2 to 'table.sort' (function expected, got number)
print(pcall(table.sort, { 3, 2, 1 }, function() error("cannot compare", 0) end)) --> false	cannot compare
local bad = {}
for i = 1, 100 do bad[i] = i end
local ok, message = pcall(table.sort, bad, function() return true end)
print(ok, message) --> false	invalid order function for sorting
print(#bad, pcall(table.sort, {}), pcall(table.sort, { 1 }, error)) --> 100	true	true
local virtual = { 3, 1, 2 }
local proxy = setmetatable({}, { __index = virtual, __newindex = virtual, __len = function() return 3 end })
table.sort(proxy)
print(table.concat(virtual, " "), rawlen(proxy)) --> 1 2 3	0
