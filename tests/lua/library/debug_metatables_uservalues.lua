--- expect: ok
-- debug.setmetatable, getmetatable, getuservalue, setuservalue, getregistry, setcstacklimit.
local t = setmetatable({}, { __metatable = "protected" })
print(getmetatable(t), type(debug.getmetatable(t)), debug.getmetatable(t).__metatable) --> protected	table	protected
print(debug.setmetatable(t, nil) == t, getmetatable(t)) --> true	nil
print(debug.getmetatable(nil), debug.getmetatable(1), debug.getmetatable("").__name) --> nil	nil	nil
debug.setmetatable(nil, { __index = function(_, k) return "nil." .. k end })
print((nil).field, pcall(function() local n; return n.a end)) --> nil.field	true	nil.a
debug.setmetatable(nil, nil)
print(pcall(function() local n; return n.a end)) --> false	debug_metatables_uservalues.lua:10: attempt to index a nil value (local 'n')
debug.setmetatable(1, { __call = function(n, m) return n * m end, __index = math })
print((6)(7), (16):sqrt(), (2.5):floor()) --> 42	4.0	2
debug.setmetatable(1, nil)
debug.setmetatable(print, { __concat = function() return "functions joined" end })
print(print .. print) --> functions joined
debug.setmetatable(print, nil)
print(debug.getuservalue(io.stdout, 1), debug.getuservalue(1), debug.setuservalue(io.stdout, 1, 1)) --> nil	nil	nil
print(type(debug.getregistry()), debug.getregistry()[2] == _G) --> table	true
print(type(debug.setcstacklimit(200))) --> number
print(pcall(debug.setmetatable, 1, 2)) --> false	bad argument #2 to 'debug.setmetatable' (nil or table expected, got number)
