--- expect: ok
-- __call, __len, __tostring, __name, __metatable, __pairs and their limits.
local adder = setmetatable({ base = 10 }, { __call = function(self, n, ...) return self.base + n, ... end })
print(select("#", adder(1, nil, nil)), adder(5, "more")) --> 3	15	more
local nested = setmetatable({}, { __call = adder })
print(pcall(nested, 1)) --> false	metamethods_other.lua:3: attempt to perform arithmetic on a table value (local 'n')
local sized = setmetatable({ 1, 2 }, { __len = function() return "long" end })
print(#sized, rawlen(sized)) --> long	2
print(pcall(table.concat, sized)) --> false	object length is not an integer
local named = setmetatable({}, { __tostring = function() return "I am named" end })
print(named, tostring(named), #tostring(named)) --> I am named	I am named	10
print(pcall(tostring, setmetatable({}, { __tostring = function() return {} end })))
--> false	'__tostring' must return a string
print((tostring(setmetatable({}, { __name = "My.Type" })):gsub("0x%x+", "ADDR"))) --> My.Type: ADDR
print(pcall(string.rep, setmetatable({}, { __name = "My.Type" })))
--> false	bad argument #1 to 'string.rep' (string expected, got My.Type)
local locked = setmetatable({}, { __metatable = "locked" })
print(getmetatable(locked), pcall(setmetatable, locked, {})) --> locked	false	cannot change a protected metatable
print(getmetatable("").__index == string, getmetatable(1), getmetatable(print)) --> true	nil	nil
local ordered = setmetatable({}, { __pairs = function(t)
  return function(_, k) k = (k or 0) + 1; if k <= 3 then return k, k * k end end, t, nil
end })
for k, v in pairs(ordered) do io.write(k, "=", v, " ") end print("pairs") --> 1=1 2=4 3=9 pairs
local virtual = setmetatable({}, { __index = function(_, i) if i < 4 then return "v" .. i end end })
for i, v in ipairs(virtual) do io.write(i, "=", v, " ") end print("ipairs") --> 1=v1 2=v2 3=v3 ipairs
print(pcall(setmetatable, 1, {})) --> false	bad argument #1 to 'setmetatable' (table expected, got number)
print(pcall(setmetatable, {})) --> false	bad argument #2 to 'setmetatable' (nil or table expected, got no value)
