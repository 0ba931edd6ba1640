--- expect: ok
-- The metatable of strings bent in every direction: it is the script's own problem.
local mt = getmetatable("")
local print = print
mt.__index = function(_, k) return k end
print(("x").anything, pcall(function() return ("x"):upper() end)) --> anything	false	poisoned_string_metatable.lua:6: attempt to call a string value (method 'upper')
mt.__add = function() return "added" end
mt.__call = function(s, x) return s .. x end
mt.__concat = function() return "never asked for two strings" end
mt.__len = function() return 99 end
mt.__eq = function() return true end
mt.__lt = function() return "yes" end
print("a" + "b", ("call")("ed"), "a" .. "b", #"four", "a" == "b", "b" < "a") --> added	called	ab	4	false	false
mt.__tostring = function() return "text" end
print("print asks", tostring("tostring asks")) --> text	text
mt.__tostring = nil
mt.__index = nil
print(pcall(function() return ("x"):rep(2) end)) --> false	poisoned_string_metatable.lua:18: attempt to index a string value (constant 'x')
mt.__gc = function() error("never") end
mt.__close = function() print("strings can be closed now") end
do local s <close> = "x" end --> strings can be closed now
mt.__metatable = false
print(getmetatable("")) --> false
mt.__index = setmetatable({}, { __index = function(_, k) return function() return k end end })
print(("x"):y()) --> y
mt.__index, mt.__name, mt.__mode = 42, {}, 7
collectgarbage()
print("left like this") --> left like this
