--- expect: ok
--- mount: files
--- mount: work
-- io.input and io.output redirect the default files, by name or by handle, and back.
print(io.input() == io.stdin, io.output() == io.stdout) --> true	true
print(io.type(io.input("/files/lines.txt")), io.input() == io.stdin) --> file	false
print(io.read(), io.read("n"), io.read(6)) --> first line	nil	second
for line in io.lines() do io.write("[", line, "]") end print() --> [ line][][fourth, after an empty one][last without newline]
print(io.read("l"), io.type(io.input())) --> nil	file
io.close(io.input())
print(pcall(io.read)) --> false	default input file is closed
io.input(io.stdin)
io.output("/work/out.txt")
io.write("not on the standard output")
print("print does not follow io.output") --> print does not follow io.output
print(io.close()) --> true
print(pcall(io.write, "x")) --> false	default output file is closed
print(pcall(io.close)) --> false	attempt to use a closed file
io.output(io.stdout)
for line in io.lines("/work/out.txt") do print(line) end --> not on the standard output
print(pcall(io.input, "/files/missing.txt")) --> false	cannot open file '/files/missing.txt' (No such file or directory)
print(io.input() == io.stdin) --> true
print((pcall(io.output, "/files/missing/x"))) --> false
print(pcall(io.input, {})) --> false	bad argument #1 to 'io.input' (FILE* expected, got table)
