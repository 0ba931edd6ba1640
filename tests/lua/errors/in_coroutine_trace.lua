--- expect: ok
-- A failed coroutine keeps its stack for debug.traceback.
local co = coroutine.create(function()
  local function level3() error("lost") end
  local function level2() level3() end
  level2()
end)
print(coroutine.resume(co)) --> false	in_coroutine_trace.lua:4: lost
print(debug.traceback(co))
--> stack traceback:
--> 	[C]: in function 'error'
--> 	in_coroutine_trace.lua:4: in upvalue 'level3'
--> 	in_coroutine_trace.lua:5: in local 'level2'
--> 	in_coroutine_trace.lua:6: in function <in_coroutine_trace.lua:3>
print(debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 2, "n").name) --> 4	level2
