--- expect: cpu
-- An endless loop inside a metamethod.
local t = setmetatable({}, { __index = function() while true do end end })
print("before") --> before
print(t.x)
