--- expect: ok
--- memory: 16MiB
-- Closures, each with fresh upvalues.
local ok, message = pcall(function()
  local t = {}
  for i = 1, math.huge do
    local a, b, c = i, i, i
    t[i] = function() return a, b, c end
  end
end)
print(ok, message) --> false	not enough memory
collectgarbage()
print(collectgarbage "count" < 2048) --> true
