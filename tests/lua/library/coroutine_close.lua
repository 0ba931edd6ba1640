--- expect: ok
-- coroutine.close: pending <close> variables, errors in them, and states that cannot be closed.
local function closer(name, fails)
  return setmetatable({}, { __close = function(_, e)
    print("closing " .. name, e)
    if fails then error(name .. " failed", 0) end
  end })
end
local co = coroutine.create(function() local a <close> = closer("a"); coroutine.yield(1) end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co))
--> closing a	nil
--> true	dead
local co2 = coroutine.create(function()
  local a <close> = closer("a")
  local b <close> = closer("b", true)
  coroutine.yield()
end)
coroutine.resume(co2)
print(coroutine.close(co2))
--> closing b	nil
--> closing a	b failed
--> false	b failed
print(coroutine.close(co2), coroutine.close(coroutine.create(print))) --> true	true
local failed = coroutine.create(function() error("x", 0) end)
coroutine.resume(failed)
print(coroutine.close(failed)) --> false	x
print(coroutine.close(failed)) --> true
print(pcall(coroutine.close, coroutine.running())) --> false	cannot close a running coroutine
local outer
outer = coroutine.create(function()
  return coroutine.resume(coroutine.create(function() return pcall(coroutine.close, outer) end))
end)
print(coroutine.resume(outer)) --> true	true	false	cannot close a normal coroutine
local many = {}
for i = 1, 3 do
  many[i] = coroutine.wrap(function() local c <close> = closer(i); coroutine.yield(i) end)
  many[i]()
end
many = nil
collectgarbage()
print("collected coroutines run no __close") --> collected coroutines run no __close
