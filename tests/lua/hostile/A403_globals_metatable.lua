--- expect: ok
-- Global names whose reading and writing runs code, raises, or answers with itself.
local asked = 0
local print, pcall, setmetatable, rawset, load = print, pcall, setmetatable, rawset, load
setmetatable(_G, {
  __index = function(t, k) asked = asked + 1 if k == "bad" then return t[k .. "x"] end return k end,
  __newindex = function(t, k, v) if k ~= "refused" then rawset(t, k, v) end end,
  __pairs = function() return function() end end,
})
refused = 1
taken = 2
print(refused, taken, asked, missing) --> refused	2	1	missing
print(load "return another"(), bad) --> another	badx
for name in pairs(_G) do print(name) end
_G._G, _G.print, _G.tostring, _G.require = nil, nil, error, error
print "still printing" --> still printing
_ENV = nil
