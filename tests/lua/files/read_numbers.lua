--- expect: ok
--- mount: files
-- The format "n": what it accepts, and where it stops when it fails.
local f <close> = assert(io.open("/files/numbers.txt"))
print(f:read("n", "n", "n", "n", "n")) --> 42	-7	31	3.25	1000.0
print(f:read("n", "n", "n")) --> 1.0	5	0.5
print(f:read("n"), (f:read("l"))) --> 12	abc
print(f:read("n"), f:read("a")) --> 99	bottles
print(f:read("n")) --> nil
f:seek("set")
local sum = 0
for n in f:lines("n") do sum = sum + n end
print(sum) --> 1087.75
