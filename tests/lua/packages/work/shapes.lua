--- A module of two functions.
-- @module shapes
local shapes = {}

--- Area of a square.
-- @number side its side
-- @treturn number the area
function shapes.square(side)
  return side * side
end

--- Area of a circle.
-- @number radius its radius
-- @treturn number the area
function shapes.circle(radius)
  return math.pi * radius ^ 2
end

return shapes
