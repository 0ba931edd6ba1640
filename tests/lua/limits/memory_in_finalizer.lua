--- expect: memory
--- stderr: not enough memory
-- Memory ends inside a finalizer: a warning, and the program goes on.
local kib = ("x"):rep(1024)
warn("@on")
setmetatable({}, { __gc = function()
  local t = {}
  while true do t[#t + 1] = kib:rep(1000) .. #t end
end })
collectgarbage()
collectgarbage()
print(#kib:rep(4 * 1024), "goes on") --> 4194304	goes on
