--- expect: cpu
-- Pending <close> variables do not see the stop.
local outer <close> = setmetatable({}, { __close = function() print("outer closed") end })
print("before") --> before
do
  local inner <close> = setmetatable({}, { __close = function() print("inner closed") end })
  while true do end
end
