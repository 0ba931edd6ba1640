--- expect: ok
-- os.time of tables whose fields are at the edges, missing, of the wrong type, or asked for by code.
local function try(t) return select(2, pcall(os.time, t)) end
print(try { year = 2000 }) --> field 'month' missing in date table
print(try { year = 2000, month = "x", day = 1 }) --> field 'month' is not an integer
print(try { year = 1 << 40, month = 1, day = 1 }) --> field 'year' is out-of-bound
print(try { year = 2000, month = 1.5, day = 1 }) --> field 'month' is not an integer
print(try { year = 1970, month = 1, day = 1, hour = 0, sec = 3 }, try { year = 1970, month = 1, day = 1, hour = 12, min = -720 }) --> 3	0
for _, value in ipairs { 2147483647, -2147483648, 1 << 31, 0 } do
  for _, field in ipairs { "year", "month", "day", "hour", "min", "sec" } do
    local t = { year = 2000, month = 1, day = 1 }
    t[field] = value
    local at = try(t)
    assert(math.type(at) == "integer" or type(at) == "string")
    assert(math.type(t.sec or 0) == "integer")
  end
end
local asked = 0
print(try(setmetatable({}, { __index = function() asked = asked + 1 return 1 end })) ~= nil, asked > 5) --> true	true
