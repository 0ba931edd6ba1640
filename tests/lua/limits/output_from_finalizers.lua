--- expect: output
--- stdout: 64KiB
-- The flood comes out of finalizers.
local mt = {}
mt.__gc = function() print(("finalizer "):rep(100)); setmetatable({}, mt) end
setmetatable({}, mt)
while true do collectgarbage() end
