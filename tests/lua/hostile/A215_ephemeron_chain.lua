--- expect: cpu
--- fuel: 3e8
-- Ephemerons in the worst order make each collection quadratic; it is paid for, and stopped.
print "before" --> before
collectgarbage "stop"
local t = setmetatable({}, { __mode = "k" })
local keys = {}
for i = 1, 5000 do keys[i] = {} end
for i = 1, 4999 do t[keys[i]] = keys[i + 1] end
local first = keys[1]
keys = nil
while first do collectgarbage() end
