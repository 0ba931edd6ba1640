--- expect: ok
-- Run-time errors name the variable at fault: global, local, upvalue, field, method, constant.
local up
local function try(f, ...) print((select(2, pcall(f, ...)):gsub("^[^:]*:%d+: ", ""))) end
try(function() undefined() end) --> attempt to call a nil value (global 'undefined')
try(function() local l; l() end) --> attempt to call a nil value (local 'l')
try(function() up() end) --> attempt to call a nil value (upvalue 'up')
try(function() local t = {}; t.field() end) --> attempt to call a nil value (field 'field')
try(function() local t = {}; t.a.b = 1 end) --> attempt to index a nil value (field 'a')
try(function() local t = {}; t:method() end) --> attempt to call a nil value (method 'method')
try(function() ("x").nothing.more = 1 end) --> attempt to index a nil value (field 'nothing')
try(function() local t = {}; return t[1].x end) --> attempt to index a nil value (field 'integer index')
try(function() local t = { {} }; return t[1][2][3] end) --> attempt to index a nil value (field 'integer index')
try(function() return up + 1 end) --> attempt to perform arithmetic on a nil value (upvalue 'up')
try(function() return undefined .. "x" end) --> attempt to concatenate a nil value (global 'undefined')
try(function() local s = "a"; return s.x.y end) --> attempt to index a nil value (field 'x')
try(function() return #up end) --> attempt to get length of a nil value (upvalue 'up')
try(function() return -{} end) --> attempt to perform arithmetic on a table value
try(function() return undefined < 1 end) --> attempt to compare nil with number
try(function() return math.nothing(1) end) --> attempt to call a nil value (field 'nothing')
try(function() string.rep() end) --> bad argument #1 to 'rep' (string expected, got no value)
try(function() ("x"):rep({}) end) --> bad argument #1 to 'rep' (number expected, got table)
try(function() ("x").rep() end) --> bad argument #1 to 'rep' (string expected, got no value)
try(function() up.x = 1 end) --> attempt to index a nil value (upvalue 'up')
try(function() return 2 ^ {} end) --> attempt to perform arithmetic on a table value
try(function() return 1 & 1.5 end) --> number has no integer representation
try(function() local a <const> = nil; return a.b end) --> attempt to index a nil value
try(function() return (function() end)().x end) --> attempt to index a nil value
