--- expect: ok
-- create, resume, yield, status, running, isyieldable: values go both ways.
local co = coroutine.create(function(a, b)
  print("start", a, b)
  local c = coroutine.yield(a + b)
  print("got", c)
  local d, e = coroutine.yield(c * 2)
  return d + e, "end"
end)
print(coroutine.resume(co, 1, 2))
--> start	1	2
--> true	3
print(coroutine.status(co), coroutine.resume(co, 10))
--> got	10
--> suspended	true	20
print(coroutine.resume(co, 3, 4)) --> true	7	end
print(coroutine.status(co), coroutine.resume(co)) --> dead	false	cannot resume dead coroutine
local main, is_main = coroutine.running()
print(type(main), is_main, coroutine.isyieldable()) --> thread	true	false
local outer
outer = coroutine.create(function()
  print(select(2, coroutine.running()), coroutine.isyieldable()) --> false	true
  local inner = coroutine.create(function() print(coroutine.status(outer)) end) --> normal
  coroutine.resume(inner)
  print(coroutine.status(outer)) --> running
  print(coroutine.resume(outer)) --> false	cannot resume non-suspended coroutine
end)
coroutine.resume(outer)
print(pcall(coroutine.yield)) --> false	attempt to yield from outside a coroutine
print(coroutine.resume(coroutine.create(function(...) return select("#", ...) end), nil, nil)) --> true	2
print(pcall(coroutine.create, 1)) --> false	bad argument #1 to 'coroutine.create' (function expected, got number)
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
for i in gen do io.write(i, " ") end print("generated") --> 1 2 3 generated
