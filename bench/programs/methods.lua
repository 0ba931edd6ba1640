-- Methods: classes by metatables, inheritance, accessors.
local Shape = {}
Shape.__index = Shape

function Shape.new(class, width)
  return setmetatable({ width = width, moved = 0 }, class)
end

function Shape:move(by)
  self.moved = self.moved + by
  return self
end

function Shape:area() return 0 end

local function subclass(area)
  local class = setmetatable({ area = area }, { __index = Shape })
  class.__index = class
  return class
end

local Square = subclass(function(self) return self.width * self.width end)
local Bar = subclass(function(self) return self.width * 2 end)

local shapes = {}
for i = 1, 200 do
  shapes[i] = Shape.new(i % 3 == 0 and Square or i % 3 == 1 and Bar or Shape, i)
end

local sum = 0
for round = 1, 1200 do
  for i = 1, #shapes do
    sum = sum + shapes[i]:move(round):area()
  end
end
for i = 1, #shapes do sum = sum + shapes[i].moved end
return sum
