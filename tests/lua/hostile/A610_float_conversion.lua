--- expect: ok
-- Floats that are no integers where integers are asked for.
local lo, hi = math.mininteger, math.maxinteger
for _, value in ipairs { 0 / 0, 1 / 0, -1 / 0, 2 ^ 63, -2 ^ 63 - 1025, 0.5, 1e308 } do
  assert(math.tointeger(value) == nil and not pcall(function() return value | 0 end) and not pcall(string.rep, "x", value), value)
  assert(math.type(math.floor(value)) == "float" or value == 0.5)
end
print(math.tointeger(-2 ^ 63) == lo, math.tointeger "8", math.tointeger "x", hi + 0.0 == 2 ^ 63, hi == 2 ^ 63) --> true	8	nil	true	false
print(hi < 2 ^ 63, lo <= -2 ^ 63, hi + 0.0 > hi, lo < 0 / 0, hi >= 1 / 0) --> true	true	true	false	false
local t = {}
t[2 ^ 53] = 1
print(t[1 << 53], pcall(function() t[0 / 0] = 1 end)) --> 1	false	A610_float_conversion.lua:12: table index is NaN
print(math.ceil(-0.5), math.floor(1e308) == 1e308, math.modf(-1 / 0)) --> 0	true	-inf	0.0
