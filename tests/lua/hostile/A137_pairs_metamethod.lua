--- expect: cpu
--- fuel: 2e8
-- __pairs whose iterator gives itself.
print "before" --> before
local mt = {}
mt.__pairs = function(t) return function() return t, t end, t, nil end
for _ in pairs(setmetatable({}, mt)) do end
