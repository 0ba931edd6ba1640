--- expect: ok
--- memory: 32MiB
-- Weak tables of every mode, filled with what nobody keeps, never grow beyond what is alive.
for _, mode in ipairs { "k", "v", "kv" } do
  local t = setmetatable({}, { __mode = mode })
  for i = 1, 50000 do t[{}] = { i } end
  collectgarbage()
  collectgarbage()
  print(mode, next(t))
end
--> k	nil
--> v	nil
--> kv	nil
local weak = setmetatable({}, { __mode = "v" })
local seen
weak[1] = setmetatable({}, { __gc = function(object) seen = weak[1] weak[2] = object end })
collectgarbage()
print(seen, weak[2] ~= nil) --> nil	true
collectgarbage()
setmetatable(weak, { __mode = setmetatable({}, { __index = error }) })
print(weak[2], #weak) --> nil	0
