--- expect: cpu
--- fuel: 2e8
-- table.remove from the front of such a table.
print "before" --> before
local object = setmetatable({}, { __len = function() return math.maxinteger end, __newindex = function() end })
pcall(table.remove, object, 1)
print "after"
