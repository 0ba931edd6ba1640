--- expect: output
--- stdout: 64KiB
-- One byte more than the ceiling is.
for _ = 1, 1024 do io.write(("x"):rep(63), "\n") end
io.write("y")
