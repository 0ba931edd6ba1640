--- expect: ok
-- Multiple assignment evaluates every expression before it assigns.
local x, y = 1, 2
x, y = y, x
print(x, y) --> 2	1
local i, a = 1, {}
i, a[i] = i + 1, 20
print(i, a[1], a[2]) --> 2	20	nil
local t = { 1, 2, 3 }
t[1], t[2], t[3] = t[3], t[1]
print(t[1], t[2], t[3]) --> 3	1	nil
local p, q, r = (function() return 1, 2, 3 end)(), 10
print(p, q, r) --> 1	10	nil
local log = {}
local function note(v) log[#log + 1] = v; return v end
local obj = {}
obj[note("k1")], obj[note("k2")] = note("v1"), note("v2")
print(table.concat(log, " ")) --> k1 k2 v1 v2
do
  local a <const> = 5
  local a = a + 1
  print(a) --> 6
end
local shadow = 1
do local shadow = shadow + 1; print(shadow) end --> 2
print(shadow) --> 1
