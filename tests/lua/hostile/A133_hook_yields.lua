--- expect: ok
-- A hook cannot yield from Lua, and its error ends what it interrupts, no more.
local seen
local co = coroutine.create(function()
  debug.sethook(function() coroutine.yield "from the hook" end, "", 100)
  for _ = 1, 1000 do end
  return "end"
end)
local ok, value = coroutine.resume(co)
print(ok, tostring(value):match "yield across a C%-call boundary") --> false	yield across a C-call boundary
print(coroutine.status(co)) --> dead
local other = coroutine.create(function() for _ = 1, 1e5 do end return "quiet" end)
debug.sethook(other, function() seen = true debug.sethook(other) end, "", 10)
print(coroutine.resume(other)) --> true	quiet
print(seen, debug.gethook(other)) --> true	nil
