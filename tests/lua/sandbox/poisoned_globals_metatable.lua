--- expect: ok
-- A metatable on _G that traps every access to a global that is not there.
local reads, writes = {}, {}
setmetatable(_G, {
  __index = function(_, name) reads[#reads + 1] = name; return name .. "!" end,
  __newindex = function(t, name, value) writes[#writes + 1] = name; rawset(t, name, value) end,
  __pairs = function() error("not listed") end,
  __metatable = "hidden",
})
print(missing_one, also_missing) --> missing_one!	also_missing!
made = 1
made = 2
print(table.concat(reads, " "), table.concat(writes, " ")) --> missing_one also_missing	made
print(getmetatable(_G), pcall(setmetatable, _G, nil)) --> hidden	false	cannot change a protected metatable
print((pcall(pairs, _G)), (next(_G)) ~= nil) --> false	true
print(load("return in_chunk")(), #reads) --> in_chunk!	3
