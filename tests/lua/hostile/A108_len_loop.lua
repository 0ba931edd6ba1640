--- expect: cpu
--- fuel: 2e8
-- __len that says a huge length, asked by table.concat with an __index for every position.
print "before" --> before
local object = setmetatable({}, { __len = function() return math.maxinteger end, __index = function() return "" end })
pcall(table.concat, object)
print "after"
