--- expect: ok
-- Locals of a generic for, of a numeric one, of C functions and of coroutines are replaced.
local function with(f) local ok, m = pcall(f) return ok or type(m) end
print(with(function() for i = 1, 3 do for at = 1, 3 do debug.setlocal(1, at, {}) end end end)) --> true
print(with(function() for k in pairs { 1, 2 } do for at = 1, 4 do debug.setlocal(1, at, nil) end end end)) --> string
print(with(function() local c <close> = nil debug.setlocal(1, 1, {}) end)) --> true
local co = coroutine.create(function(...) local a = 1 coroutine.yield() return a, ... end)
coroutine.resume(co, 1, 2)
print(debug.setlocal(co, 1, 1, "set"), debug.setlocal(co, 1, -1, "vararg"), debug.setlocal(co, 1, -3, 1)) --> a	(vararg)	nil
print(coroutine.resume(co)) --> true	set	vararg	2
print(pcall(debug.setlocal, 1000, 1, 1)) --> false	bad argument #1 to 'debug.setlocal' (level out of range)
for level = 0, 3 do for at = -3, 10 do pcall(debug.getlocal, level, at) end end
