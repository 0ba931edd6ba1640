--- expect: cpu
-- Small chunks compiled without end.
local n = 0
while true do n = n + 1; load("local x = " .. n .. " return x + 1") end
