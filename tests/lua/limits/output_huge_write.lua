--- expect: output
-- One write that is larger than the ceiling.
io.write(("x"):rep(4 * 1024 * 1024))
