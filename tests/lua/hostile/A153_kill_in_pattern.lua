--- expect: cpu
--- fuel: 2e8
-- The stop inside a match that a match has called.
print "before" --> before
pcall(string.gsub, "x", ".", function()
  return ("x"):gsub(".", function() return (("a"):rep(60):find(("a?"):rep(60) .. ("a"):rep(60) .. "b")) end)
end)
print "after"
