--- expect: memory
-- Sixty-four MiB in one string cannot fit below a limit of sixty-four MiB.
local kib = ("x"):rep(1024)
print(pcall(string.rep, kib, 64 * 1024)) --> false	not enough memory
print(#kib:rep(1024)) --> 1048576
