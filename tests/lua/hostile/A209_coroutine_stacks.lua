--- expect: ok
--- memory: 16MiB
-- Coroutines whose stacks are deep.
local kept = {}
local function deep(n) if n == 0 then coroutine.yield() else deep(n - 1) end return n end
local ok, message
repeat
  local co = coroutine.create(deep)
  ok, message = coroutine.resume(co, 10000)
  kept[#kept + 1] = co
until not ok
print(message, #kept > 3) --> not enough memory	true
print(coroutine.status(kept[#kept]), coroutine.status(kept[1])) --> dead	suspended
kept = nil
collectgarbage()
print(#("x"):rep(4 << 20)) --> 4194304
