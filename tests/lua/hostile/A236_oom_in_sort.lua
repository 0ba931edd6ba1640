--- expect: ok
--- memory: 16MiB
-- Memory ends in the middle of a sort: no element is lost or doubled.
local list = {}
for i = 1, 10000 do list[i] = i * 7919 % 10007 end
local kept = {}
local ok, message = pcall(table.sort, list, function(a, b) kept[#kept + 1] = ("x"):rep(2000) .. a .. ":" .. b .. #kept return a < b end)
kept = nil
collectgarbage()
print(ok, message) --> false	not enough memory
table.sort(list)
for i = 2, #list do assert(list[i - 1] < list[i]) end
print(#list) --> 10000
