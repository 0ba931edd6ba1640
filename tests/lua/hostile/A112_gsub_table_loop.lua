--- expect: cpu
--- fuel: 2e8
-- The replacement table of gsub is asked by __index, which never returns.
print "before" --> before
pcall(string.gsub, "x", "x", setmetatable({}, { __index = function(t) while t do end end }))
print "after"
