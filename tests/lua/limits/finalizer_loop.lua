--- expect: cpu
-- A finalizer that loops, called by the collector in the middle of other work.
setmetatable({}, { __gc = function() while true do end end })
for i = 1, 1e7 do local t = { i } end
