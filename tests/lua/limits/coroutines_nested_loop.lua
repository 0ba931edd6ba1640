--- expect: cpu
-- The loop runs at the bottom of a hundred nested coroutines.
local function nest(depth)
  if depth == 0 then while true do end end
  return coroutine.wrap(nest)(depth - 1)
end
nest(100)
