--- expect: ok
--- memory: 16MiB
-- A replacement that is larger than what it replaces, a million times.
local s = ("x"):rep(1 << 16)
print(pcall(string.gsub, s, "x", ("y"):rep(1000))) --> false	not enough memory
print(pcall(string.gsub, s, ".*", ("%0"):rep(1000))) --> false	not enough memory
print(pcall(string.gsub, s, "", s)) --> false	not enough memory
collectgarbage()
print(#s:gsub("x", "yy")) --> 131072
