--- expect: cpu
-- A replacement function called for ever: every round starts a new gsub over the same text.
local text = ("x"):rep(10000)
while true do text:gsub(".", function(c) return c end) end
