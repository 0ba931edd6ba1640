--- expect: ok
--- stderr: Lua warning: pieces are joined
-- warn writes to the standard error stream once it is switched on.
warn("lost before @on")
warn("@on")
warn("pieces ", "are ", "joined")
warn("@off")
warn("lost after @off")
print(pcall(warn)) --> false	bad argument #1 to 'warn' (string expected, got no value)
print(pcall(warn, 1, {})) --> false	bad argument #2 to 'warn' (string expected, got table)
