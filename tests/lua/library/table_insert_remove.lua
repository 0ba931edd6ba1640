--- expect: ok
-- table.insert and table.remove at both ends, in the middle and at the borders they refuse.
local t = { 1, 2, 3 }
table.insert(t, 4)
table.insert(t, 1, 0)
table.insert(t, 3, 1.5)
table.insert(t, #t + 1, "end")
print(table.concat(t, " ")) --> 0 1 1.5 2 3 4 end
print(table.remove(t), table.remove(t, 1), table.remove(t, 2), table.concat(t, " ")) --> end	0	1.5	1 2 3 4
print(table.remove({}), table.remove({}, 0), table.remove({ [0] = "z" }, 0), table.remove({ 1 }, 2)) --> nil	nil	z	nil
print(pcall(table.insert, { 1 }, 3, "x")) --> false	bad argument #2 to 'table.insert' (position out of bounds)
print(pcall(table.insert, { 1 }, 0, "x")) --> false	bad argument #2 to 'table.insert' (position out of bounds)
print(pcall(table.insert, { 1 })) --> false	wrong number of arguments to 'insert'
print(pcall(table.insert, { 1 }, 1, 2, 3)) --> false	wrong number of arguments to 'insert'
print(pcall(table.insert, 5, 1)) --> false	bad argument #1 to 'table.insert' (table expected, got number)
print(pcall(table.remove, { 1, 2 }, 4)) --> false	bad argument #2 to 'table.remove' (position out of bounds)
local log = {}
local proxy = setmetatable({}, {
  __index = function(_, k) return k <= 2 and k * 10 or nil end,
  __newindex = function(_, k, v) log[#log + 1] = k .. "=" .. tostring(v) end,
  __len = function() return 2 end,
})
table.insert(proxy, 1, "new")
print(table.concat(log, " ")) --> 3=20 2=10 1=new
print(table.remove(proxy, 1), log[4], log[5]) --> 10	1=20	2=nil
