--- expect: ok
--- stdin: 12 -3.5\n0x10\n  1e2 text\n7
-- io.read("n") takes numbers one by one and stops at text.
print(io.read("n", "n", "n", "n")) --> 12	-3.5	16	100.0
print(io.read("n")) --> nil
print(io.read("l")) --> text
print(io.read("n", "n")) --> 7	nil
