--- expect: output
--- stdout: 64KiB
-- pcall cannot hold the flood back.
while true do pcall(io.write, ("x"):rep(10000)) pcall(error, "and on") end
