--- expect: cpu
-- Long expressions of every kind compiled again and again.
local source = "return " .. ("a and b or "):rep(20000) .. "c"
while true do load(source) end
