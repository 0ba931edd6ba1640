--- expect: memory
-- Memory ends inside a __close handler, while an error passes and without one.
local kib = ("x"):rep(1024)
local function bomb()
  local t = {}
  while true do t[#t + 1] = kib:rep(1000) .. #t end
end
print(pcall(function()
  local guard <close> = setmetatable({}, { __close = bomb })
  return "value"
end)) --> false	not enough memory
print(pcall(function()
  local first <close> = setmetatable({}, { __close = function(_, e) print("then", e) end })
  local guard <close> = setmetatable({}, { __close = bomb })
  error("original")
end))
--> then	not enough memory
--> false	not enough memory
