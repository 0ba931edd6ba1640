--- expect: ok
-- string.format with the widest conversions, as many as a call takes.
local one = ("%99d"):rep(5000)
local values = {}
for i = 1, 5000 do values[i] = i end
print(#one:format(table.unpack(values))) --> 495000
local huge = setmetatable({}, { __index = function() return 1e308 end })
print(#("%99.99f"):rep(5000):format(table.unpack(huge, 1, 5000))) --> 2045000
print(pcall(string.format, ("%s"):rep(200000), "x")) --> false	bad argument #3 to 'string.format' (no value)
print(pcall(string.format, "%100d", 1)) --> false	invalid conversion specification: '%100d'
print(pcall(string.format, "%" .. ("0"):rep(100000) .. "d", 1)) --> false	invalid format (too long)
for _, bad in ipairs { "%", "%-", "%y", "%.1.1f", "%n", "%ls", "%#s", "%*d", "%1$d", "%-+ #0d", "%.100f", "%5q", "%hhd", "%I", "%.20c", "%\0" } do
  assert(not pcall(string.format, bad, 1), bad)
end
print(#string.format("%s", ("x"):rep(100000)), #string.format("%.99s", ("x"):rep(100000)), #string.format("%-99s|", "x")) --> 100000	99	100
print(pcall(string.format, "%10s", "a\0b")) --> false	bad argument #2 to 'string.format' (string contains zeros)
