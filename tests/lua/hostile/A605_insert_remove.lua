--- expect: ok
-- Positions of table.insert and remove at the edges, and lengths that lie.
local lo, hi = math.mininteger, math.maxinteger
for _, at in ipairs { lo, hi, -1, 0, 5, 1 << 32, (1 << 32) + 1 } do
  assert(not pcall(table.insert, { 1, 2, 3 }, at, "x"), at)
  assert(at == 0 or not pcall(table.remove, { 1, 2, 3 }, at), at)
end
print(pcall(table.insert, { 1 }, 1, 2, 3)) --> false	wrong number of arguments to 'insert'
local lying = setmetatable({}, { __len = function() return hi end })
print(pcall(table.insert, lying, "x")) --> true
print(rawget(lying, lo)) --> x
print(table.remove({}), table.remove({}, 0), table.remove({ 1, 2, 3 }, 4), table.remove(setmetatable({}, { __len = function() return -5 end }), -5)) --> nil	nil	nil	nil
print(pcall(table.insert, setmetatable({}, { __len = function() return lo end }), 0, "x")) --> false	bad argument #2 to 'table.insert' (position out of bounds)
