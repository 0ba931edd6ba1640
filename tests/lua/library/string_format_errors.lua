--- expect: ok
-- What string.format refuses.
local function try(...) print(select(2, pcall(string.format, ...))) end
try("%d", 1.5) --> bad argument #2 to 'string.format' (number has no integer representation)
try("%d", "x") --> bad argument #2 to 'string.format' (number expected, got string)
try("%d", "1.5") --> bad argument #2 to 'string.format' (number has no integer representation)
try("%d") --> bad argument #2 to 'string.format' (no value)
try("%y", 1) --> invalid conversion '%y' to 'format'
try("%") --> bad argument #2 to 'string.format' (no value)
try("%123d", 1) --> invalid conversion specification: '%123d'
try("%.123d", 1) --> invalid conversion specification: '%.123d'
try("%#d", 1) --> invalid conversion specification: '%#d'
try("%10q", "x") --> specifier '%q' cannot have modifiers
try("%0s", "x") --> invalid conversion specification: '%0s'
try("%ll", 1) --> invalid conversion '%l' to 'format'
try("%s") --> bad argument #2 to 'string.format' (no value)
try("%d", 2 ^ 63) --> bad argument #2 to 'string.format' (number has no integer representation)
try("%c", "x") --> bad argument #2 to 'string.format' (number expected, got string)
try("%010c", 65) --> invalid conversion specification: '%010c'
try("%*d", 5, 1) --> invalid conversion '%*' to 'format'
try("%n", 1) --> invalid conversion '%n' to 'format'
try("%s", setmetatable({}, { __tostring = function() return nil end })) --> '__tostring' must return a string
print(select("#", string.format("%s", nil)), string.format("%s extra", 1, 2, 3)) --> 1	1 extra
