--- expect: ok
-- Error messages start with the name of the chunk and the line; level and chunk name change that.
local function at(level) error("here", level) end
print(pcall(error, "no function above")) --> false	no function above
print(pcall(function() error("level 1") end)) --> false	position_text.lua:5: level 1
print(pcall(function() error("level 0", 0) end)) --> false	level 0
print(pcall(function()
  at(2)
end)) --> false	position_text.lua:8: here
print(pcall(function() at(1) end)) --> false	position_text.lua:3: here
print(pcall(function() at(50) end)) --> false	here
print(pcall(load("error('inside')", "=named"))) --> false	named:1: inside
print(pcall(load("\n\nerror('third line')", "@dir/file.lua"))) --> false	dir/file.lua:3: third line
print(pcall(load("local x = nil + 1", "source text"))) --> false	[string "source text"]:1: attempt to perform arithmetic on a nil value
print(pcall(function() error("with\nnewline") end))
--> false	position_text.lua:15: with
--> newline
print(pcall(function()
  local t = {
    a = 1,
    b = nil .. "x",
  }
end)) --> false	position_text.lua:21: attempt to concatenate a nil value
print(pcall(function() error(setmetatable({}, { __tostring = function() return "T" end })) end)) --> false	T
print(pcall(function() error(42) end)) --> false	42
print(pcall(function() error(42, 2) end)) --> false	42
