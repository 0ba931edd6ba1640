--- expect: ok
--- mount: files
-- file:read with every format, and what it gives at the end of the file.
local f = assert(io.open("/files/lines.txt"))
print(f:read()) --> first line
print(f:read("l"), (f:read("L"):gsub("\n", "newline")), (f:read("L"):gsub("\n", "<newline>"))) --> second line	newline	fourth, after an empty one<newline>
print(f:read(4), f:read(0) == "", f:read("a")) --> last	true	 without newline
print(f:read("a") == "", f:read("l"), f:read("L"), f:read("n"), f:read(1), f:read(0)) --> true	nil	nil	nil	nil	nil
f:seek("set")
print((table.concat({ f:read("l", "l", 0, 1, "l") }, "|"):gsub("\n", "<newline>"))) --> first line|second line||<newline>|fourth, after an empty one
print(select("#", f:read("l", "l", "l")), f:read("l", "l")) --> 2	nil
f:seek("set")
print(f:read("*l", "*n")) --> first line	nil
f:seek("set")
print(#f:read("a"), f:read("a") == "", f:read("L")) --> 71	true	nil
f:seek("set")
print(#f:read(1000), f:read(1000)) --> 71	nil
print(pcall(f.read, f, "x")) --> false	bad argument #2 to '?' (invalid format)
print(pcall(f.read, f, "")) --> false	bad argument #2 to '?' (invalid format)
print(pcall(f.read, f, {})) --> false	bad argument #2 to '?' (string expected, got table)
print(f:close()) --> true
