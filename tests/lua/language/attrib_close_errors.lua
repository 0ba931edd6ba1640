--- expect: ok
-- An error in a __close handler replaces the pending one, and the remaining handlers still run.
local function object(name, fails)
  return setmetatable({}, { __close = function(_, e)
    print(name .. " sees", e)
    if fails then error(name .. " failed", 0) end
  end })
end
print(pcall(function()
  local a <close> = object("a")
  local b <close> = object("b", true)
  local c <close> = object("c", true)
  error("body", 0)
end))
--> c sees	body
--> b sees	c failed
--> a sees	b failed
--> false	b failed
print(pcall(function()
  local a <close> = object("quiet")
  local b <close> = object("loud", true)
  return "lost"
end))
--> loud sees	nil
--> quiet sees	loud failed
--> false	loud failed
local removed = object("removed")
print(pcall(function()
  local a <close> = removed
  getmetatable(removed).__close = nil
end))
--> false	attrib_close_errors.lua:31: attempt to call a nil value (metamethod 'close')
local co = coroutine.wrap(function()
  local a <close> = setmetatable({}, { __close = function() coroutine.yield("from close") end })
  return "finished"
end)
print(co()) --> from close
print(co()) --> finished
