--- expect: ok
-- __metatable hides, and debug finds; a metatable that is its own, and one of a thousand tables.
local mt = { __metatable = "locked" }
local t = setmetatable({}, mt)
print(getmetatable(t), pcall(setmetatable, t, nil)) --> locked	false	cannot change a protected metatable
print(debug.getmetatable(t) == mt, getmetatable "".__index == string) --> true	true
local self = {}
self.__index, self.__newindex, self.__metatable = self, self, self
setmetatable(self, self)
print(pcall(function() return self.x end)) --> false	A402_metatable_protected.lua:10: '__index' chain too long; possible loop
print(pcall(function() self.x = 1 end)) --> false	A402_metatable_protected.lua:11: '__newindex' chain too long; possible loop
print(rawequal(getmetatable(self), self), next(self) ~= nil) --> true	true
