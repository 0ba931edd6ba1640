--- expect: cpu
--- fuel: 1e9
--- time: 0.2s
-- Sleeping for ever ends at the deadline, protected or not, and nothing follows.
print "before" --> before
local system = require "system"
for _, wrong in ipairs { -1, -math.huge, 0, 1e-300 } do system.sleep(wrong) end
pcall(system.sleep, math.huge)
pcall(system.sleep, 1e308)
print "after"
