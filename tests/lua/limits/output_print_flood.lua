--- expect: output
--- stdout: 64KiB
-- print without end.
while true do print("flood") end
