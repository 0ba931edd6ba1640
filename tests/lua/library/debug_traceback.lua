--- expect: ok
-- debug.traceback: messages, levels, other threads, values that are no strings.
local function without_host(trace) return (trace:gsub("\n%s*%[C%]: in %?$", "")) end
local function inner() return (debug.traceback("message")) end
local function outer() local r = inner(); return r end
print(without_host(outer()))
--> message
--> stack traceback:
--> 	debug_traceback.lua:4: in upvalue 'inner'
--> 	debug_traceback.lua:5: in local 'outer'
--> 	debug_traceback.lua:6: in main chunk
print(without_host(debug.traceback("from here", 1)))
--> from here
--> stack traceback:
--> 	debug_traceback.lua:12: in main chunk
print(type(debug.traceback({})), debug.traceback(true), debug.traceback(nil) ~= nil) --> table	true	true
print(debug.traceback(12, 100))
--> 12
--> stack traceback:
local co = coroutine.create(function() local function deep() coroutine.yield() end deep() end)
coroutine.resume(co)
print(debug.traceback(co))
--> stack traceback:
--> 	[C]: in function 'coroutine.yield'
--> 	debug_traceback.lua:20: in local 'deep'
--> 	debug_traceback.lua:20: in function <debug_traceback.lua:20>
print(debug.traceback(co, "with message", 1))
--> with message
--> stack traceback:
--> 	debug_traceback.lua:20: in local 'deep'
--> 	debug_traceback.lua:20: in function <debug_traceback.lua:20>
local function recurse(n) if n == 0 then return debug.traceback("deep") end return (recurse(n - 1)) end
local trace = recurse(100)
print(select(2, trace:gsub("\n", "\n")) < 30, trace:match("%.%.%.[^\n]*")) --> true	...	(skipping 81 levels)
function global_function() return debug.traceback("g") end
local t = { method = function() return (global_function()) end }
print(without_host(t.method()))
--> g
--> stack traceback:
--> 	debug_traceback.lua:35: in function 'global_function'
--> 	debug_traceback.lua:36: in field 'method'
--> 	debug_traceback.lua:37: in main chunk
