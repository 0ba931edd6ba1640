--- expect: ok
--- memory: 16MiB
-- The first error of a coroutine, and of a VM, is one of memory.
local co = coroutine.create(function() local t = {} while true do t[#t + 1] = ("x"):rep(1 << 16) .. #t end end)
print(coroutine.resume(co)) --> false	not enough memory
print(coroutine.status(co), coroutine.close(co)) --> dead	false	not enough memory
co = nil
collectgarbage()
print(coroutine.wrap(function() return pcall(string.rep, "x", 1 << 30) end)()) --> false	not enough memory
print(pcall(coroutine.wrap(function() return ("x"):rep(1 << 30) end))) --> false	not enough memory
