--- expect: cpu
-- An endless loop inside __tostring, reached through print.
print(setmetatable({}, { __tostring = function() for i = 1, math.huge do end end }))
