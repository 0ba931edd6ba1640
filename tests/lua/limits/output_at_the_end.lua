--- expect: output
--- stdout: 64KiB
-- The text still lies in the guest's buffer when the script ends; it counts all the same.
io.stdout:setvbuf("full", 1 << 20)
io.write(("x"):rep(64 * 1024 + 1))
