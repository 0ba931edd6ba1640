--- expect: ok
--- mount: work
-- file:write takes strings and numbers, returns the file, and refuses everything else.
local f = assert(io.open("/work/values.txt", "w"))
print(f:write("text ", 12, " ", 1.5, " ", 2 ^ 53, "\n") == f) --> true
f:write("a"):write("b", ""):write()
print(pcall(f.write, f, {})) --> false	bad argument #2 to '?' (string expected, got table)
print(pcall(f.write, f, "ok", nil)) --> false	bad argument #3 to '?' (string expected, got nil)
print(pcall(f.write, f, true)) --> false	bad argument #2 to '?' (string expected, got boolean)
print(pcall(io.write, function() end)) --> false	bad argument #1 to 'io.write' (string expected, got function)
f:close()
for line in io.lines("/work/values.txt") do print(line) end
--> text 12 1.5 9.007199254741e+15
--> abok
