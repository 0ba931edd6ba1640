--- expect: cpu
--- fuel: 2e8
-- Yields out of pcall, __close and metamethods, resumed for ever.
print "before" --> before
local mt = { __index = function(_, k) return coroutine.yield(k) end, __close = function() coroutine.yield() end }
local co = coroutine.wrap(function()
  while true do
    pcall(function()
      local object <close> = setmetatable({}, mt)
      error(object.x)
    end)
  end
end)
while true do co "value" end
