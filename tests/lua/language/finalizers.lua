--- expect: ok
-- __gc runs in reverse order of marking, may resurrect, and a broken one does not stop the others.
local order = {}
for i = 1, 3 do
  setmetatable({}, { __gc = function() order[#order + 1] = i end })
end
collectgarbage()
print(table.concat(order, " ")) --> 3 2 1
local saved
do
  local mt = {}
  mt.__gc = function(o) saved = o; o.count = (o.count or 0) + 1 end
  setmetatable({}, mt)
end
collectgarbage()
print(saved.count) --> 1
saved = nil
collectgarbage()
print(saved) --> nil
local late = setmetatable({}, {})
getmetatable(late).__gc = function() order[#order + 1] = "too late" end
late = nil
collectgarbage()
print(#order) --> 3
setmetatable({}, { __gc = function() error("ignored") end })
setmetatable({}, { __gc = function() order[#order + 1] = "still runs" end })
setmetatable({}, { __gc = true })
collectgarbage()
print(order[4]) --> still runs
