--- expect: ok
--- stdin: \x1bLuaT\x00 not a program\n
-- loadfile() without a name reads the standard input, and refuses bytecode there too.
local chunk, message = loadfile()
print(chunk, type(message)) --> nil	string
print(load("return 'still here'")()) --> still here
