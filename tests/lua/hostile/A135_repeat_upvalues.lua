--- expect: cpu
--- fuel: 2e8
-- A loop that makes closures over a fresh local each time, with a condition that sees it.
print "before" --> before
repeat
  local fresh = function() return fresh end
  local both = function() return fresh, both end
until both() == nil
