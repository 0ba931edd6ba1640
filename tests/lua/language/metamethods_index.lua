--- expect: ok
-- __index and __newindex: functions, tables, chains, and the raw ways around them.
local base = { greet = function() return "hello" end }
local middle = setmetatable({}, { __index = base })
local object = setmetatable({ own = 1 }, { __index = middle })
print(object.own, object.greet(), object.missing, rawget(object, "greet")) --> 1	hello	nil	nil
local asked = setmetatable({}, { __index = function(_, k) return k .. "?" end })
print(asked.x, asked["y z"], rawget(asked, "x")) --> x?	y z?	nil
local store = {}
local proxy = setmetatable({}, { __newindex = store, __index = store })
proxy.a = 1
print(rawget(proxy, "a"), store.a, proxy.a) --> nil	1	1
local readonly = setmetatable({}, { __newindex = function(_, k) error("no field " .. k, 2) end })
print(pcall(function() readonly.z = 1 end))
--> false	metamethods_index.lua:14: no field z
rawset(readonly, "z", 2)
readonly.z = 3
print(readonly.z) --> 3
local counted = setmetatable({}, { __index = function(t, k) rawset(t, k, #k); return #k end })
print(counted.four, rawget(counted, "four"), counted.four) --> 4	4	4
print(pcall(function() local n = nil; return n.x end))
--> false	metamethods_index.lua:21: attempt to index a nil value (local 'n')
print(pcall(function() return undefined_global.field end))
--> false	metamethods_index.lua:23: attempt to index a nil value (global 'undefined_global')
local loop = {}
setmetatable(loop, { __index = loop })
print(pcall(function() return loop.x end))
--> false	metamethods_index.lua:27: '__index' chain too long; possible loop
