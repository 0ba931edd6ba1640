--- expect: ok
-- Errors inside coroutines: what resume returns, what wrap raises, and where yield is possible.
local co = coroutine.create(function() error("broken") end)
print(coroutine.resume(co)) --> false	coroutine_errors.lua:3: broken
print(coroutine.status(co), coroutine.resume(co)) --> dead	false	cannot resume dead coroutine
local object = {}
local co2 = coroutine.create(function() error(object) end)
local ok, e = coroutine.resume(co2)
print(ok, e == object) --> false	true
local wrapped = coroutine.wrap(function() error("in wrap") end)
print(pcall(wrapped)) --> false	coroutine_errors.lua:10: in wrap
print(pcall(wrapped)) --> false	cannot resume dead coroutine
local wrapped_table = coroutine.wrap(function() error({ code = 7 }) end)
print(select(2, pcall(wrapped_table)).code) --> 7
print(coroutine.wrap(function()
  local ok, v = pcall(function() local got = coroutine.yield("from pcall"); error("after " .. got, 0) end)
  return ok, v
end)()) --> from pcall
local through = coroutine.wrap(function()
  return pcall(function() error("after " .. coroutine.yield("first"), 0) end)
end)
print(through(), through("resume")) --> first	false	after resume
local meta = coroutine.wrap(function()
  local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end, __add = function() return coroutine.yield("add") end })
  return t.key .. (t + 1)
end)
print(meta(), meta("value"), meta("!")) --> key	add	value!
print(coroutine.resume(coroutine.create(function() table.sort({ 2, 1 }, coroutine.yield) end))) --> false	attempt to yield across a C-call boundary
print(coroutine.resume(coroutine.create(function() ("x"):gsub("x", coroutine.yield) end))) --> false	attempt to yield across a C-call boundary
local iterated = coroutine.wrap(function() for k in coroutine.yield do return k end end)
print(iterated(), iterated("key")) --> nil	key
