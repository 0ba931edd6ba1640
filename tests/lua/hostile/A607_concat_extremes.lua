--- expect: ok
-- table.concat at the edges: the loop ends at the largest integer.
local lo, hi = math.mininteger, math.maxinteger
print(table.concat({ [hi] = "x", [hi - 1] = "y" }, "-", hi - 1, hi), table.concat({ [lo] = "z" }, "-", lo, lo)) --> y-x	z
print(table.concat({}, "x", hi, lo) == "", table.concat({ 1 }, ("s"):rep(1 << 20), 1, 1)) --> true	1
print(pcall(table.concat, { {} })) --> false	invalid value (table) at index 1 in table for 'concat'
print(pcall(table.concat, {}, "", lo, hi)) --> false	invalid value (nil) at index -9223372036854775808 in table for 'concat'
print(pcall(table.concat, 5)) --> false	bad argument #1 to 'table.concat' (table expected, got number)
print(pcall(table.concat, setmetatable({}, { __len = function() return 1.5 end }))) --> false	object length is not an integer
