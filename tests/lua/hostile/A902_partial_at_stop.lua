--- expect: cpu
--- fuel: 2e8
-- What stood in the buffer at the stop is not lost, and nothing follows.
io.stdout:setvbuf("full", 1 << 20)
io.write "no end of line" --> no end of line
while true do end
