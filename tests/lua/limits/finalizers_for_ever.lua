--- expect: cpu
-- Every finalizer makes two new objects with finalizers.
local mt = {}
mt.__gc = function() setmetatable({}, mt) end
for _ = 1, 100 do setmetatable({}, mt) end
while true do collectgarbage("step") end
