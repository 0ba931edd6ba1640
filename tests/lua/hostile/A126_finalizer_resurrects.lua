--- expect: ok
-- A finalizer that keeps its object and marks it again runs once for each marking, and never twice.
local runs, kept = 0, nil
local mt = {}
mt.__gc = function(object) runs = runs + 1 kept = object setmetatable(object, mt) end
setmetatable({}, mt)
for i = 1, 50 do
  collectgarbage()
  assert(runs == i, runs)
  assert(kept and getmetatable(kept) == mt)
  kept = nil
end
mt.__gc = nil
kept = nil
collectgarbage()
collectgarbage()
print(runs) --> 50
