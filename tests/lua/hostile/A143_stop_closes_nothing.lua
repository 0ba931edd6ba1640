--- expect: cpu
--- fuel: 2e8
-- After the stop no __close runs: it would print.
print "before" --> before
local guard <close> = setmetatable({}, { __close = function() print "closed" while true do end end })
local co = coroutine.wrap(function()
  local inner <close> = setmetatable({}, { __close = function() print "closed inside" end })
  while true do end
end)
co()
