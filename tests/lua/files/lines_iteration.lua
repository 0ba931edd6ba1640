--- expect: ok
--- mount: files
-- io.lines and file:lines: formats, closing, errors.
for line in io.lines("/files/lines.txt") do io.write("[", line, "]") end print() --> [first line][second line][][fourth, after an empty one][last without newline]
local n = 0
for line in io.lines("/files/lines.txt", "L") do n = n + #line end
print(n) --> 71
for a, b in io.lines("/files/lines.txt", 1, "l") do io.write(a:gsub("\n", "/"), ":", b or "nil", " ") end print(".") --> f:irst line s:econd line /:fourth, after an empty one l:ast without newline .
for block in io.lines("/files/lines.txt", 25) do io.write(#block, " ") end print("bytes") --> 25 25 21 bytes
local f = assert(io.open("/files/lines.txt"))
for line in f:lines() do print(line) break end --> first line
print(f:read("l"), io.type(f)) --> second line	file
for _ in f:lines() do end
print(f:read("l"), io.type(f)) --> nil	file
f:close()
print(pcall(function() for _ in f:lines() do end end)) --> false	lines_iteration.lua:16: attempt to use a closed file
local iterator = io.lines("/files/sub/inner.txt")
print(iterator()) --> a file in a folder
print(select("#", iterator())) --> 0
print(pcall(iterator)) --> false	file is already closed
print(pcall(io.lines, "/files/missing.txt")) --> false	cannot open file '/files/missing.txt' (No such file or directory)
print(select("#", io.lines("/files/lines.txt"))) --> 4
for line in io.lines("/files/empty.txt") do print("never", line) end
print(pcall(function() for _ in io.lines("/files/lines.txt", "x") do end end)) --> false	lines_iteration.lua:24: bad argument #2 to 'for iterator' (invalid format)
