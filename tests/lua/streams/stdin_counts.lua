--- expect: ok
--- stdin: abcdefghij\n1234
-- io.read with numbers of bytes.
print(io.read(3), io.read(0) == "", io.read(4), io.read(2)) --> abc	true	defg	hi
print((table.concat({ io.read(1, 1, 2) }, "|"):gsub("\n", "<newline>"))) --> j|<newline>|12
print(io.read(100), io.read(100), io.read(0)) --> 34	nil	nil
print(pcall(io.read, 1.5)) --> false	bad argument #1 to 'io.read' (number has no integer representation)
