--- expect: output
-- The standard error stream has its own ceiling.
print("before") --> before
while true do io.stderr:write(("flood "):rep(100)) end
