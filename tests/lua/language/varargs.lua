--- expect: ok
--- args: one two three
-- Variable arguments of the chunk and of functions; adjustment of lists of values.
print(select("#", ...), ...) --> 3	one	two	three
local function count(...) return select("#", ...) end
print(count(), count(nil), count(nil, nil), count(count())) --> 0	1	2	1
local function pass(...) return ... end
print(pass(1, nil, 3)) --> 1	nil	3
print((pass(1, 2, 3)), pass(1, 2), pass(1, 2)) --> 1	1	1	2
print(#{ pass(1, 2), pass(1, 2) }, #{ pass(1, 2), (pass(1, 2)) }) --> 3	2
local a, b, c = pass(1, 2)
print(a, b, c) --> 1	2	nil
local t = table.pack(nil, nil)
print(t.n, #t, t[1]) --> 2	0	nil
print(select(2, "a", "b", "c"), select(-1, "a", "b", "c")) --> b	c
print(pcall(select, 0)) --> false	bad argument #1 to 'select' (index out of range)
print(pcall(select, -2, "only")) --> false	bad argument #1 to 'select' (index out of range)
local function tail(first, ...) if first then return tail(...) end return "done" end
print(tail(1, 2, 3)) --> done
print(load("return function() return ... end"))
--> nil	[string "return function() return ... end"]:1: cannot use '...' outside a vararg function near '...'
local long = table.pack(table.unpack({}, 1, 200))
print(long.n, count(table.unpack(long, 1, long.n))) --> 200	200
