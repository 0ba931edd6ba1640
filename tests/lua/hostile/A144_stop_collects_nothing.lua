--- expect: cpu
--- fuel: 2e8
-- After the stop no finalizer runs, and nothing that waits for the end of the state.
print "before" --> before
local mt = { __gc = function() print "finalized" end }
Keep = setmetatable({}, mt)
for i = 1, 100 do Keep[i] = setmetatable({}, mt) end
while true do end
