--- expect: memory
-- Memory ends inside a coroutine: it dies, its creator goes on.
local kib = ("x"):rep(1024)
local co = coroutine.create(function()
  local t = {}
  while true do t[#t + 1] = kib:rep(1000) .. #t end
end)
print(coroutine.resume(co)) --> false	not enough memory
print(coroutine.status(co), coroutine.close(co)) --> dead	false	not enough memory
co = nil
collectgarbage()
print(#kib:rep(4 * 1024)) --> 4194304
