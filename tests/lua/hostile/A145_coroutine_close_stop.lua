--- expect: cpu
--- fuel: 2e8
-- coroutine.close of a coroutine whose __close never returns; protected calls all around.
print "before" --> before
local co = coroutine.create(function()
  local guard <close> = setmetatable({}, { __close = function() repeat until false end })
  coroutine.yield()
end)
coroutine.resume(co)
print(pcall(pcall, coroutine.close, co))
print(xpcall(coroutine.close, print, co))
