--- expect: ok
--- stdout: 64KiB
-- Exactly the ceiling, less one byte, is no flood.
for _ = 1, 1023 do io.write(("x"):rep(63), "\n") end
io.write(("y"):rep(63))
