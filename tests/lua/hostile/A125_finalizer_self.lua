--- expect: cpu
--- fuel: 4e8
-- A finalizer that makes itself anew, and collects: no collection within a collection.
print "before" --> before
local count, depth, deepest = 0, 0, 0
local mt = {}
mt.__gc = function()
  depth = depth + 1
  if depth > deepest then deepest = depth end
  assert(depth == 1)
  count = count + 1
  setmetatable({}, mt)
  collectgarbage()
  collectgarbage "step"
  depth = depth - 1
end
setmetatable({}, mt)
while true do collectgarbage() assert(deepest <= 1) end
