--- expect: ok
--- mount: work
-- A program writes a program, loads it, and replaces it.
local function put(text) local f <close> = assert(io.open("/work/made.lua", "w")); f:write(text) end
put("return ...  , 'first'")
print(dofile("/work/made.lua")) --> nil	first
print(loadfile("/work/made.lua")("given")) --> given	first
put("local n = 0\nreturn function() n = n + 1; return n end")
local counter = dofile("/work/made.lua")
print(counter(), counter(), dofile("/work/made.lua")()) --> 1	2	1
put("\27Lua" .. string.dump(counter):sub(5))
print(loadfile("/work/made.lua") == nil, pcall(dofile, "/work/made.lua") == false) --> true	true
put("x = = 1")
print(loadfile("/work/made.lua")) --> nil	/work/made.lua:1: unexpected symbol near '='
