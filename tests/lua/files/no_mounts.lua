--- expect: ok
-- A VM without mounts has no file system at all.
local function nothing(...)
  local value, message = ...
  return value == nil and type(message) == "string"
end
for _, path in ipairs { "/etc/passwd", "x", "./x", "../x", "/", ".", "/tmp/x", "/work/x", "/files/lines.txt", "/dev/null", "/proc/self/maps" } do
  for _, mode in ipairs { "r", "w", "a", "r+", "w+", "a+" } do
    assert(nothing(io.open(path, mode)), path)
  end
  assert(nothing(os.remove(path)), path)
  assert(nothing(os.rename(path, "/y")), path)
  assert(nothing(loadfile(path)), path)
  assert(not pcall(dofile, path), path)
  assert(not pcall(io.lines, path), path)
  assert(not pcall(io.input, path), path)
  assert(not pcall(io.output, path), path)
end
print(io.output() == io.stdout, io.input() == io.stdin) --> true	true
print(pcall(require, "anything") == false) --> true
