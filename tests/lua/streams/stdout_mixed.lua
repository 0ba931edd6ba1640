--- expect: ok
-- print, io.write and io.stdout:write share one buffer: the order is the order of the calls.
io.write("a")
print("b") --> ab
io.stdout:write("c", 1, 2.5)
io.write("d\n") --> c12.5d
print("e", nil, false, 1.0, "f") --> e	nil	false	1.0	f
io.write("no newline, ")
io.stderr:write("to the other stream\n")
print("then print") --> no newline, then print
print(io.write("x") == io.stdout, io.stdout:write("y\n") == io.stdout) --> xy
--> true	true
io.write("") io.write() print(".") --> .
io.write("last without newline") --> last without newline
