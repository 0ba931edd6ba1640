-- Metamethods: arithmetic, comparison, calls and lookups by function.
local Vector = {}
Vector.__index = Vector

local function vector(x, y) return setmetatable({ x = x, y = y }, Vector) end

function Vector.__add(a, b) return vector(a.x + b.x, a.y + b.y) end
function Vector.__mul(a, k) return vector(a.x * k % 10007, a.y * k % 10007) end
function Vector.__eq(a, b) return a.x == b.x and a.y == b.y end
function Vector.__lt(a, b) return a.x < b.x or (a.x == b.x and a.y < b.y) end
function Vector:__len() return self.x * self.x + self.y * self.y end
function Vector:__call(k) return self.x * k + self.y end

local computed = setmetatable({}, { __index = function(_, key) return key * 3 end })

local sum, at = 0, vector(1, 2)
local step, goal = vector(3, 5), vector(5000, 5000)
for i = 1, 60000 do
  at = at * 3 + step
  if at < goal then sum = sum + #at end
  if at == goal then sum = sum + 1 end
  sum = (sum + at(i) + computed[i]) % 1000000007
end
return sum
