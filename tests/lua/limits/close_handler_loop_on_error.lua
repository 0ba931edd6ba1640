--- expect: cpu
-- A __close handler that loops while an error passes.
print("before") --> before
print(pcall(function()
  local guard <close> = setmetatable({}, { __close = function() while true do end end })
  error("passing")
end))
