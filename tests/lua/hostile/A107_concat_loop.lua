--- expect: cpu
--- fuel: 2e8
-- A long concatenation of objects whose __concat gives another such object, in a loop.
print "before" --> before
local mt = {}
local object = setmetatable({}, mt)
mt.__concat = function() return object end
while true do local _ = object .. object .. object .. 1 .. object end
print "after"
