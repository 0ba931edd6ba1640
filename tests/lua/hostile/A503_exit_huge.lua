--- expect: exit -1
-- The status of os.exit is cut to thirty-two bits, and nothing follows.
print "before" --> before
local guard <close> = setmetatable({}, { __close = function() print "closed" end })
pcall(os.exit, math.maxinteger)
print "after"
