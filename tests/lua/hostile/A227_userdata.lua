--- expect: ok
--- memory: 16MiB
-- Userdata of the library: a file for each line, none of which is ever open at once with the others.
local kept = {}
local ok, message = pcall(function() while true do kept[#kept + 1] = string.gmatch("x", "x") end end)
print(ok, message, #kept > 10000) --> false	not enough memory	true
kept = nil
collectgarbage()
print(("x y"):gmatch "%a"()) --> x
