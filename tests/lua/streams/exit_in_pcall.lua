--- expect: exit 5
-- os.exit is no error: pcall, xpcall and <close> do not see it.
local guard <close> = setmetatable({}, { __close = function() print("closed") end })
print(pcall(function()
  print("inside") --> inside
  xpcall(os.exit, function() print("handler") end, 5)
end))
print("after")
