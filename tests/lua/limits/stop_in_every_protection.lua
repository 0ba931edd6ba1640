--- expect: cpu
-- All protections at once: pcall in xpcall in a coroutine in a __close handler in a finalizer.
print("before") --> before
local function protect()
  pcall(function()
    xpcall(function()
      coroutine.wrap(function()
        local guard <close> = setmetatable({}, { __close = function() while true do end end })
        error("on")
      end)()
    end, function(e) print("handler", e) return e end)
    print("after xpcall")
  end)
  print("after pcall")
end
setmetatable({}, { __gc = protect })
collectgarbage()
print("after the collection")
