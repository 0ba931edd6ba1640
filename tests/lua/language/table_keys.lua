--- expect: ok
-- Keys: floats with integer values are the same key, nil and NaN are refused, the border of a sequence.
local t = {}
t[1.0], t[2 ^ 53], t["1"] = "one", "big", "text"
print(t[1], t[1 << 53], t["1"], next({ [3.0] = 1 })) --> one	big	text	3	1
print(math.type(next({ [2.0] = 1 })), math.type(next({ [2.5] = 1 }))) --> integer	float
print(pcall(function() t[nil] = 1 end)) --> false	table_keys.lua:7: table index is nil
print(pcall(function() t[0 / 0] = 1 end)) --> false	table_keys.lua:8: table index is NaN
print(t[nil], t[0 / 0], rawget(t, nil)) --> nil	nil	nil
print(pcall(rawset, t, nil, 1)) --> false	table index is nil
t[-0.0] = "zero"
print(t[0], t[0.0]) --> zero	zero
print(#{ 1, 2, 3 }, #{ n = 1 }, #{ nil, nil, 3 } >= 0, #"é") --> 3	0	true	2
local list = {}
for i = 1, 100 do list[i] = i end
for i = 100, 51, -1 do list[i] = nil end
print(#list) --> 50
local mixed = { 10, 20, x = 1, [3] = 30, 40 }
print(mixed[1], mixed[2], mixed[3], mixed.x) --> 10	20	40	1
local keys = { [print] = "f", [true] = "b", [t] = "t", [1.5] = "d" }
print(keys[print], keys[true], keys[false], keys[t], keys[{}], keys[3 / 2]) --> f	b	nil	t	nil	d
