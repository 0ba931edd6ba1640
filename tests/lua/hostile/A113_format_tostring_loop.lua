--- expect: cpu
--- fuel: 2e8
-- string.format asks __tostring, which never returns; and __name that is no text harms nothing.
print(pcall(string.format, "%s", setmetatable({}, { __tostring = function() return {} end })))
--> false	'__tostring' must return a string
print((string.format("%s", setmetatable({}, { __name = 5 })):gsub("0x%x+", "ADDRESS"))) --> table: ADDRESS
pcall(string.format, "%s", setmetatable({}, { __tostring = function() for _ = 1, math.huge do end end }))
print "after"
