--- expect: cpu
--- fuel: 2e8
-- table.move onto a table that forgets, downwards and upwards.
print "before" --> before
local object = setmetatable({}, { __index = function() return 1 end, __newindex = function() end })
pcall(table.move, object, 1, math.maxinteger - 1, 2)
print "after"
