--- rocks: coxpcall
local coxpcall = require "coxpcall"
print(coxpcall.pcall(function(a) return a, coroutine.isyieldable() end, 1))
print(coxpcall.pcall(error, "x"), coxpcall.xpcall(error, function(m) return "handled " .. m end, "y"))
local co = coroutine.wrap(function()
  local ok, value = coxpcall.pcall(function() return coroutine.yield "out" + 1 end)
  coroutine.yield(ok, value)
  print(coxpcall.pcall(function() coroutine.yield "again"; error { code = 3 } end))
end)
print(co())
print(co(41))
print(co())
print(coxpcall.running() == coroutine.running())
