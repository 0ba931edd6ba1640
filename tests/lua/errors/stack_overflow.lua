--- expect: ok
--- fuel: 1e10
--- time: 5s
-- Endless recursion is an error that Lua can catch; work goes on afterwards, again and again.
-- With little memory it ends in "not enough memory" before the stack is full.
local function recognised(message)
  return message:find("stack overflow", 1, true) ~= nil or message == "not enough memory"
end
local function endless(n) return 1 + endless(n + 1) end
for _ = 1, 3 do
  local ok, message = pcall(endless, 1)
  print(ok, recognised(message))
  --> false	true
  --> false	true
  --> false	true
end
local function nested(n) if n == 0 then return "bottom" end return (nested(n - 1)) end
print(nested(10000)) --> bottom
local co = coroutine.create(function() endless(1) end)
local ok, message = coroutine.resume(co)
print(ok, recognised(message), coroutine.status(co)) --> false	true	dead
local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end })
print((select(2, pcall(function() return t[1] end)):match("C stack overflow"))) --> C stack overflow
print(select(2, pcall(string.rep, "x", -1)) == "", "fine") --> true	fine
