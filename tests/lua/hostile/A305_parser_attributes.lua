--- expect: ok
-- Attributes of locals that do not exist, twice, on what they cannot stand for.
local function refused(source, part) local f, m = load(source) assert(not f and m:find(part, 1, true), m) end
refused("local x <foo> = 1", "unknown attribute 'foo'")
refused("local x <close>, y <close> = 1", "multiple to-be-closed variables in local list")
refused("local x <const> = 1 x = 2", "attempt to assign to const variable 'x'")
refused("local x <const> = 1 local function f() x = 2 end", "attempt to assign to const variable 'x'")
refused("local x <close> = nil x = 2", "attempt to assign to const variable 'x'")
refused("local x <" .. ("c"):rep(100000) .. "> = 1", "unknown attribute")
refused("local x < close", "'>' expected")
print(pcall(load "local x <close> = 42")) --> false	[string "local x <close> = 42"]:1: variable 'x' got a non-closable value
print(load("local x <const> = 5 return function() return x end")()()) --> 5
local parts = {}
for i = 1, 150 do parts[i] = ("local a%d <close> = ..."):format(i) end
local closed = 0
load(table.concat(parts, " "))(setmetatable({}, { __close = function() closed = closed + 1 end }))
print(closed) --> 150
