--- expect: cpu
--- fuel: 2e8
-- table.concat asks __index for a trillion empty texts.
print "before" --> before
table.concat(setmetatable({}, { __index = function() return "" end }), "", 1, 1 << 40)
