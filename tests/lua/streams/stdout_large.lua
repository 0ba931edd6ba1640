--- expect: ok
--- stdout: 4MiB
-- Two megabytes of output in lines, below the ceiling, arrive whole.
local line = ("x"):rep(1023)
for _ = 1, 2048 do print(line) end
