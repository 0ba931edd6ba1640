--- expect: ok
--- env: SHOWN=yes
-- Only the variables that were given are there; names of every kind are looked for and not found.
print(os.getenv "SHOWN", os.getenv "shown", os.getenv "SHOWN\0", os.getenv "SHOWN=") --> yes	nil	nil	nil
for _, name in ipairs { "", "=", "\0", "PATH", "HOME", "BIOXEN_CANARY", "LUA_PATH", "LUA_INIT", ("x"):rep(100000), "\xff\xfe", "A=B", "../SHOWN", "PWD", "LD_PRELOAD" } do
  assert(os.getenv(name) == nil, name)
end
print(pcall(os.getenv)) --> false	bad argument #1 to 'os.getenv' (string expected, got no value)
local getenv = require "system".getenv
print(getenv "SHOWN", getenv "BIOXEN_CANARY") --> yes	nil
