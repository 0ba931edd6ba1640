--- expect: ok
-- Metatables for every base type, all of whose fields raise; the library goes on.
local hostile = setmetatable({}, { __index = function(_, k) if k == "__name" or k == "__mode" then return nil end error("asked for " .. k, 0) end })
local values = { 1, true, "text", print, coroutine.create(print), (nil) }
for _, value in pairs(values) do debug.setmetatable(value, hostile) end
debug.setmetatable(nil, hostile)
print(1, true, "text", nil) --> 1	true	text	nil
print(1 + 1, "a" .. "b", 1 == 1, not nil) --> 2	ab	true	true
print(pcall(function() return nil + 1 end)) --> false	A401_base_metatables.lua:9: attempt to perform arithmetic on a nil value
print(type(pcall(coroutine.wrap(function() return #print end)))) --> boolean
local t = { 3, 1, 2 }
table.sort(t)
print(table.concat(t, ",")) --> 1,2,3
collectgarbage()
