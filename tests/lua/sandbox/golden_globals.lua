--- expect: ok
-- The names in _G and in package.loaded, and their types. A change here is a change of the product.
local names = {}
for name, value in pairs(_G) do
  names[#names + 1] = tostring(name) .. ":" .. type(value)
end
table.sort(names)
for i = 1, #names, 12 do print(table.concat(names, " ", i, math.min(i + 11, #names))) end
--> _G:table _VERSION:string assert:function collectgarbage:function coroutine:table debug:table dofile:function error:function getmetatable:function io:table ipairs:function load:function
--> loadfile:function math:table next:function os:table package:table pairs:function pcall:function print:function rawequal:function rawget:function rawlen:function rawset:function
--> require:function select:function setmetatable:function string:table table:table tonumber:function tostring:function type:function utf8:table warn:function xpcall:function
print(#names, _VERSION) --> 35	Lua 5.4
local loaded = {}
for name, value in pairs(package.loaded) do
  loaded[#loaded + 1] = name
  assert(value == _G[name])
end
table.sort(loaded)
print(table.concat(loaded, " ")) --> _G coroutine debug io math os package string table utf8
print(arg, _ENV == _G, _G._G == _G, getmetatable(_G)) --> nil	true	true	nil
