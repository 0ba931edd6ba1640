--- expect: ok
-- table.unpack with __index and __len that lie.
local object = setmetatable({}, { __index = function(_, k) return k end, __len = function() return math.maxinteger end })
print(pcall(table.unpack, object)) --> false	too many results to unpack
print(table.unpack(object, math.maxinteger - 1, math.maxinteger)) --> 9223372036854775806	9223372036854775807
print(table.unpack(object, math.mininteger, math.mininteger + 1)) --> -9223372036854775808	-9223372036854775807
print(select("#", table.unpack(object, math.maxinteger, math.mininteger))) --> 0
print(pcall(table.unpack, setmetatable({}, { __len = function() return "x" end }))) --> false	object length is not an integer
