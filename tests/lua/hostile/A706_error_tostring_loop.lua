--- expect: cpu
--- fuel: 2e8
-- The text of an uncaught error is never ready.
print "before" --> before
error(setmetatable({}, { __tostring = function() while true do end end }))
