--- expect: ok
--- mount: files
--- mount: work
-- No path leads out of a mount: not upwards, not from the root, not through another mount.
local inside = {
  "/files/../files/lines.txt/../../etc/passwd", "/files/../etc/passwd", "/files/../../etc/passwd",
  "/files/sub/../../../etc/passwd", "/files/./../etc/passwd", "/work/../../../../etc/passwd",
  "/etc/passwd", "//etc/passwd", "/files//../etc/passwd", "/../etc/passwd", "../etc/passwd",
  "/proc/self/environ", "/proc/self/mem", "/dev/null", "/dev/stdin", "/sys/kernel", "/tmp/x", "/work/../tmp/x",
  "file:///etc/passwd", "\\etc\\passwd", "C:\\windows\\win.ini", "~", "~/x", "$HOME/x", "", "/", ".", "..",
}
for _, path in ipairs(inside) do
  for _, mode in ipairs { "r", "w", "a", "r+" } do
    local f, message, code = io.open(path, mode)
    assert(f == nil or f:read(1) == nil, path)
    assert(f or type(message) == "string" and math.type(code) == "integer", path)
  end
  assert(not os.remove(path) and not os.rename(path, "/work/stolen") and not os.rename("/work", path), path)
  assert(not pcall(io.lines, path) or not pcall(io.lines(path)), path)
  assert(loadfile(path) == nil, path)
end
print("nothing escaped") --> nothing escaped
local f = assert(io.open("/work/mine.txt", "w"))
f:close()
print((os.rename("/work/mine.txt", "/work/../mine.txt"))) --> nil
print((os.rename("/work/mine.txt", "/files/mine.txt"))) --> nil
print((os.rename("/files/lines.txt", "/work/lines.txt"))) --> nil
print((io.open("/files/sub/../lines.txt"):read("l"))) --> first line
print((io.open("/files/./sub/./inner.txt"):read("l"))) --> a file in a folder
print((io.open("/files//sub///inner.txt"):read("l"))) --> a file in a folder
