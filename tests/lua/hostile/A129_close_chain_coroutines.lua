--- expect: cpu
--- fuel: 3e8
-- A coroutine whose __close makes, runs and closes another with a __close, without end.
print "before" --> before
local function open()
  local co = coroutine.create(function()
    local guard <close> = setmetatable({}, { __close = function() while true do
      local other = coroutine.wrap(function() local g <close> = setmetatable({}, { __close = function() end }) coroutine.yield() end)
      other()
    end end })
    coroutine.yield()
  end)
  coroutine.resume(co)
  return co
end
print(coroutine.close(open()))
