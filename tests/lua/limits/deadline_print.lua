--- expect: cpu
--- time: 0.2s
--- fuel: 1e15
--- stdout: 1024MiB
-- A loop that does nothing but print is late all the same, though its output has room.
while true do print() end
