--- expect: cpu
--- fuel: 3e8
-- The stop inside the parser, called by pcall from a finalizer.
print "before" --> before
local source = "return " .. ("{1,2,3,'x',function() end},"):rep(20000) .. "1"
setmetatable({}, { __gc = function() while true do pcall(load, source) end end })
collectgarbage()
print "after"
