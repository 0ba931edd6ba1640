--- expect: ok
--- stdin: first\nsecond line\n\nlast
-- io.read line by line, with and without the newline, and the end of the input.
print(io.read()) --> first
print((io.read("L"):gsub("\n", "<newline>"))) --> second line<newline>
print(io.read("l") == "", io.read("L"), io.read("l"), io.read("L")) --> true	last	nil	nil
print(io.read("a") == "", io.read(0), io.read(1), io.read("n")) --> true	nil	nil	nil
