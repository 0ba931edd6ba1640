--- expect: cpu
--- fuel: 2e8
-- A comparison that compares again, by a tail call.
print "before" --> before
local mt = {}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
mt.__lt = function(x, y) while y ~= x do x, y = y, x end return true end
print(a < b)
