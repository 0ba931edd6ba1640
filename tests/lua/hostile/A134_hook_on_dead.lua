--- expect: ok
-- Hooks on coroutines that are dead, running, suspended, and on nothing.
local dead = coroutine.create(function() end)
coroutine.resume(dead)
local waiting = coroutine.create(coroutine.yield)
coroutine.resume(waiting)
local function quiet() end
for _, co in ipairs { dead, waiting, (coroutine.running()) } do
  for _, mask in ipairs { "", "c", "r", "l", "crl", "xyz", ("c"):rep(100000) } do
    for _, count in ipairs { 0, 1, -1, math.maxinteger, math.mininteger, 1 << 31, 1 << 24 } do
      debug.sethook(co, quiet, mask, count)
      local f, m, n = debug.gethook(co)
      debug.sethook(co)
      assert(f == nil or f == quiet)
      assert(f == nil or #m <= 3)
      assert(n == nil or math.type(n) == "integer")
    end
  end
end
debug.sethook()
print(debug.gethook()) --> nil
print(pcall(debug.sethook, 1, "c")) --> false	bad argument #1 to 'debug.sethook' (function expected, got number)
