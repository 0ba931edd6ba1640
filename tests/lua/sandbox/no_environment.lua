--- expect: ok
-- A VM that was given no variable sees none.
for _, name in ipairs { "PATH", "HOME", "USER", "SHELL", "PWD", "LANG", "TMPDIR", "LUA_PATH", "LUA_PATH_5_4", "LUA_CPATH", "LUA_INIT", "CARGO", "RUST_BACKTRACE", "HOSTNAME" } do
  assert(os.getenv(name) == nil, name)
end
print("empty") --> empty
print(os.date("%Z") == "UTC" or os.date("%Z") == "GMT", os.date("%z", 0)) --> true	+0000
print(os.date("%H:%M", 0), os.date("*t", 0).hour, os.time(os.date("!*t", 12345)) == 12345) --> 00:00	0	true
