--- expect: ok
-- Tracebacks of deep stacks are cut; levels at the edges; of coroutines in each state.
local function deep(n) if n == 0 then return debug.traceback("t", 1) end return (deep(n - 1)) end
local text = deep(100000)
print(#text < 2000, text:match "%.%.%.%s+%(skipping %d+ levels%)" ~= nil) --> true	true
for _, level in ipairs { math.mininteger, math.maxinteger, -1, 0, 1000, 1 << 31, 1 << 32 } do assert(type(debug.traceback("t", level)) == "string") end
local t = {}
print(debug.traceback(t) == t, debug.traceback(nil) ~= nil, debug.traceback(5):sub(1, 1)) --> true	true	5
local co = coroutine.create(function() error "x" end)
coroutine.resume(co)
print(debug.traceback(co):match "function 'error'") --> function 'error'
