--- expect: ok
-- select, ipairs, next, rawlen and tonumber with indices at the edges.
local lo, hi = math.mininteger, math.maxinteger
print(select("#"), select(hi), pcall(select, lo)) --> 0	nil	false	bad argument #1 to 'select' (index out of range)
print(pcall(select, 0)) --> false	bad argument #1 to 'select' (index out of range)
print(select(-1, 1, 2, 3), select(2 ^ 53, 1)) --> 3
print(ipairs({})({}, hi), ipairs({})({ [lo] = 1 }, hi)) --> nil	-9223372036854775808	1
print(pcall(next, {}, 1)) --> false	invalid key to 'next'
print(pcall(rawlen, 5)) --> false	bad argument #1 to 'rawlen' (table or string expected, got number)
print(pcall(rawset, {}, nil, 1)) --> false	table index is nil
print(pcall(rawset, {}, 0 / 0, 1)) --> false	table index is NaN
