--- expect: output
--- stdout: 64KiB
-- io.write without a single newline.
while true do io.write("flood ") end
