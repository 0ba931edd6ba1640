--- expect: ok
--- stdin: local a, b = 20, 22\nreturn a + b, ...\n
-- dofile() without a name runs the text on the standard input.
print(dofile()) --> 42
print(type(loadfile()), select("#", loadfile()())) --> function	0
