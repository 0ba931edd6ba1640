--- expect: ok
-- Table constructors with as many values as a call can give, over and over.
local function values(n) return table.unpack({}, 1, n) end
print(pcall(function() return #{ values(900000) } end)) --> true	0
print(pcall(values, 1100000)) --> false	A206_constructor_sizes.lua:3: too many results to unpack
print(select("#", values(200000))) --> 200000
local ok, message = pcall(function() local t = {} for i = 1, 1000 do t[i] = { values(200000) } end end)
print(ok, message) --> false	not enough memory
