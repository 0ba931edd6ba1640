--- expect: cpu
--- fuel: 2e8
-- A metatable that is its own __call: every step adds an argument and calls again.
print "before" --> before
local object = setmetatable({}, {})
getmetatable(object).__call = object
print(pcall(object))
