--- expect: ok
-- The metatable of texts is emptied, replaced by hooks, and taken away.
local mt = getmetatable ""
local text = ("x"):rep(3)
for key in pairs(mt) do mt[key] = nil end
print(pcall(function() return text:rep(2) end)) --> false	A400_string_metatable_gone.lua:6: attempt to index a string value (upvalue 'text')
mt.__gc = function() error "never" end
mt.__concat = function() error "never" end
mt.__eq = function() error "never" end
mt.__len = function() error "never" end
mt.__index = function(s, k) return k end
mt.__call = function(s, ...) return s, ... end
print(#text, text .. "y", text == "xxx", text.anything, text(1)) --> 3	xxxy	true	anything	xxx	1
debug.setmetatable("", nil)
print(getmetatable "", (pcall(function() return text.x end))) --> nil	false
collectgarbage()
print(require("string") == string, tostring(1), 10 .. "") --> true	1	10
