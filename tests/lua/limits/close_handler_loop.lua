--- expect: cpu
-- A __close handler that loops, on the way out of a block.
do
  local guard <close> = setmetatable({}, { __close = function() while true do end end })
  print("in the block") --> in the block
end
print("never")
