--- expect: output
--- stdout: 4KiB
-- Byte by byte, without a buffer.
io.stdout:setvbuf("no")
while true do io.write("x") end
