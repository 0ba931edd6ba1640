--- expect: ok
-- type, rawequal, rawget, rawset, rawlen, next, pairs, ipairs, assert, getmetatable.
print(type(nil), type(1), type("x"), type({}), type(print), type(true), type(coroutine.create(print)), type(io.stdout)) --> nil	number	string	table	function	boolean	thread	userdata
print(pcall(type)) --> false	bad argument #1 to 'type' (value expected)
print(rawequal("a", "a"), rawequal(1, 1.0), rawequal({}, {}), rawlen("abc"), rawlen({ 1, 2 })) --> true	true	false	3	2
print(pcall(rawlen, 5)) --> false	bad argument #1 to 'rawlen' (table or string expected, got number)
print(pcall(rawset, 1, 2, 3)) --> false	bad argument #1 to 'rawset' (table expected, got number)
print(next({ 10 })) --> 1	10
print(next({ a = 1 }, nil)) --> a	1
print(next({}), next({ 10 }, 1), select("#", next({}))) --> nil	nil	1
print(pcall(next, {}, "missing")) --> false	invalid key to 'next'
local seen = {}
for k, v in pairs({ 10, 20, x = 30 }) do seen[#seen + 1] = tostring(k) .. "=" .. v end
table.sort(seen)
print(table.concat(seen, " ")) --> 1=10 2=20 x=30
for i in ipairs({ 1, 2, nil, 4 }) do io.write(i, " ") end print("stops at nil") --> 1 2 stops at nil
print(pcall(ipairs)) --> false	bad argument #1 to 'ipairs' (value expected)
print(pcall(function() for _ in pairs(nil) do end end)) --> false	raw_select_type.lua:18: bad argument #1 to 'for iterator' (table expected, got nil)
print(assert(1, "also returned", 3)) --> 1	also returned	3
local t = {}
for i = 1, 10 do t[i] = i end
for k in pairs(t) do t[k] = nil end
print(next(t)) --> nil
print(select(-2, 1, 2, 3)) --> 2	3
print(select("#", select(3, 1, 2)), (select(1, "x", "y")), select(2.0, 1, 2)) --> 0	x	2
