--- expect: ok
-- Two tables that are each other's __index, and each other's __newindex.
local a, b = {}, {}
setmetatable(a, { __index = b, __newindex = b })
setmetatable(b, { __index = a, __newindex = a })
print(pcall(function() return a.x end)) --> false	A105_index_cycle.lua:6: '__index' chain too long; possible loop
print(pcall(function() a.x = 1 end)) --> false	A105_index_cycle.lua:7: '__newindex' chain too long; possible loop
setmetatable(a, nil)
print(rawget(a, "x"), b.x) --> nil	nil
