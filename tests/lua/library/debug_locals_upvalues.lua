--- expect: ok
-- debug.getlocal, setlocal, getupvalue, setupvalue, upvalueid, upvaluejoin.
local function f(a, b, ...)
  local c = a + b
  do local hidden = 1 end
  local names = {}
  for i = 1, 10 do
    local n, v = debug.getlocal(1, i)
    if not n then break end
    names[#names + 1] = n
  end
  print(table.concat(names, " ")) --> a b c names (for state) (for state) (for state) i
  print(debug.getlocal(1, -2)) --> (vararg)	v2
  print(debug.getlocal(1, -3)) --> nil
  print(debug.setlocal(1, 3, "changed"), c) --> c	changed
  return c
end
f(1, 2, "v1", "v2")
print(debug.getlocal(f, 1), debug.getlocal(f, 2), debug.getlocal(f, 3), debug.getlocal(print, 1)) --> a	b	nil	nil
print(pcall(debug.getlocal, 100, 1)) --> false	bad argument #1 to 'debug.getlocal' (level out of range)
local up1, up2 = 1, 2
local function g() return up1, up2 end
local function h() return up2 end
print(debug.getupvalue(g, 1)) --> up1	1
print(debug.getupvalue(g, 2)) --> up2	2
print(select("#", debug.getupvalue(g, 3))) --> 0
print(debug.setupvalue(g, 1, "new"), up1, debug.setupvalue(g, 9, 1)) --> up1	new
print(debug.upvalueid(g, 2) == debug.upvalueid(h, 1), debug.upvalueid(g, 1) == debug.upvalueid(h, 1)) --> true	false
debug.upvaluejoin(h, 1, g, 1)
print(h()) --> new
print(debug.upvalueid(g, 9), pcall(debug.upvaluejoin, g, 9, h, 1)) --> nil	false	bad argument #2 to 'debug.upvaluejoin' (invalid upvalue index)
print(#debug.getupvalue(string.gmatch("x", "x"), 1)) --> 0
local co = coroutine.create(function(arg) local l = "in coroutine"; coroutine.yield() return l end)
coroutine.resume(co, "argument")
print(debug.getlocal(co, 1, 1)) --> arg	argument
print(debug.getlocal(co, 1, 2)) --> l	in coroutine
print(debug.setlocal(co, 1, 2, "set from outside"), coroutine.resume(co)) --> l	true	set from outside
