--- expect: ok
-- Errors whose text is made while the text of another is made.
local object = setmetatable({}, {})
getmetatable(object).__tostring = function(self) error(self) end
print(select(2, pcall(tostring, object)) == object) --> true
getmetatable(object).__tostring = function(self) return (string.format("%s", self)) end
print(select(2, pcall(string.format, "%s", object)):match "C stack overflow") --> C stack overflow
getmetatable(object).__tostring = function(self) return select(2, pcall(tostring, self)) end
print(type(tostring(object))) --> string
print(pcall(print, setmetatable({}, { __tostring = function() return nil end }))) --> false	'__tostring' must return a string
