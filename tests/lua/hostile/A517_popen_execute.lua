--- expect: ok
-- No command is run, whatever it is called and from wherever.
for _, command in ipairs { "true", "", "\0", "; id", ("x"):rep(1 << 20), "/bin/sh -c id", "$(id)" } do
  assert(not pcall(io.popen, command) and not pcall(io.popen, command, "w"))
  local ok, result = pcall(os.execute, command)
  assert(not ok or not result, command)
  assert(not pcall(coroutine.wrap(io.popen), command))
end
print(os.execute() and true or false, pcall(io.popen, "x", "z") == false) --> false	true
for _, path in ipairs { "", "*", "libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6", "/work/x.so", "\0" } do
  for _, symbol in ipairs { "", "*", "luaopen_x", "system" } do assert(not package.loadlib(path, symbol)) end
end
print "nothing was run" --> nothing was run
