--- expect: ok
--- memory: 16MiB
-- Memory ends in __close, in the normal way and behind an error; the next one is closed all the same.
local closed = 0
local function guard() return setmetatable({}, { __close = function() closed = closed + 1 return ("x"):rep(64 << 20) end }) end
print(pcall(function() local a <close>, b = guard(), 1 local c <close> = guard() end)) --> false	not enough memory
print(closed) --> 2
print(pcall(function() local a <close> = guard() local b <close> = guard() error "other" end)) --> false	not enough memory
print(closed) --> 4
local co = coroutine.create(function() local a <close> = guard() coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co)) --> false	not enough memory
print(closed, coroutine.status(co)) --> 5	dead
