--- expect: cpu
--- fuel: 3e8
-- A sort of an object whose positions change at each reading.
print "before" --> before
local n = 0
local object = setmetatable({}, {
  __len = function() return 1 << 24 end,
  __index = function() n = n * 1103515245 + 12345 & 0x7fffffff return n end,
  __newindex = function() end,
})
print(pcall(table.sort, object))
