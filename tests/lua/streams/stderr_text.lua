--- expect: ok
--- stderr: first error line
-- Text for the standard error stream goes there and nowhere else.
io.stderr:write("first error ", "line\n")
print("out") --> out
print(io.stderr:write("x") == io.stderr, io.stderr:setvbuf("full"), io.stderr:flush()) --> true	true	true
