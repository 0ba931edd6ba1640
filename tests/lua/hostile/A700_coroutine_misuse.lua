--- expect: ok
-- Coroutines that resume themselves, wait for each other, are closed while they run, or are dead.
local main = coroutine.running()
print(coroutine.resume(main), coroutine.status(main), coroutine.isyieldable(main)) --> false	running	false
print(pcall(coroutine.yield)) --> false	attempt to yield from outside a coroutine
print(pcall(coroutine.close, main)) --> false	cannot close a running coroutine
local self
self = coroutine.create(function() return coroutine.resume(self) end)
print(coroutine.resume(self)) --> true	false	cannot resume non-suspended coroutine
self = coroutine.wrap(function() return self() end)
print(pcall(self)) --> false	A700_coroutine_misuse.lua:10: cannot resume non-suspended coroutine
local a, b
a = coroutine.create(function() return coroutine.resume(b) end)
b = coroutine.create(function() return coroutine.resume(a), coroutine.status(a), pcall(coroutine.close, a) end)
print(coroutine.resume(a)) --> true	true	false	normal	false	cannot close a normal coroutine
print(coroutine.resume(a), coroutine.close(a), coroutine.status(a)) --> false	true	dead
print(pcall(coroutine.create, 5), pcall(coroutine.resume, 5)) --> false	false	bad argument #1 to 'coroutine.resume' (thread expected, got number)
