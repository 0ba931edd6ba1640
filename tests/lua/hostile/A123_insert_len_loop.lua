--- expect: cpu
--- fuel: 2e8
-- table.insert at the front of a table that says it is nearly endless.
print "before" --> before
local object = setmetatable({}, { __len = function() return math.maxinteger - 1 end, __newindex = function() end })
pcall(table.insert, object, 1, "x")
print "after"
