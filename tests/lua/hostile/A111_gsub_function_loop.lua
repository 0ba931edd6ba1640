--- expect: cpu
--- fuel: 2e8
-- The replacement function of gsub never returns.
print "before" --> before
pcall(string.gsub, "x", "x", function() repeat local _ = ("x"):gsub("x", "%0") until false end)
print "after"
