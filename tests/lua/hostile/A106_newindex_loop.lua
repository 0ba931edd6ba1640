--- expect: cpu
--- fuel: 2e8
-- Each assignment makes another one in a new table.
print "before" --> before
local mt = {}
mt.__newindex = function(t, k, v)
  while true do rawset(t, k, v) t[k] = nil end
end
setmetatable({}, mt).x = 1
print "after"
