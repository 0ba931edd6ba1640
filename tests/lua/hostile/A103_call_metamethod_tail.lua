--- expect: cpu
--- fuel: 2e8
-- A tail call of a table whose __call is a tail call of the table: no stack grows.
print "before" --> before
local object = setmetatable({}, {})
getmetatable(object).__call = function(self, n) return self(n + 1) end
pcall(object, 1)
print "after"
