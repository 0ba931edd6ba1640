--- expect: ok
--- mount: work
-- Nothing outside the mount is read, written, removed, renamed, listed or loaded, by any spelling.
local lfs = require "lfs"
local outside = {
  "/etc/passwd", "/proc/self/mem", "/proc/self/environ", "/proc/self/fd/0", "/dev/mem", "/work/../canary", "/work/../../canary",
  "../canary", "../../canary", "/../canary", "canary", "/work/./../canary", "/work//..//canary", "/canary", "/beside/canary",
  "/work/../beside/canary", "\0", "/work/..", "/work/../work/../canary", "/work/x/../../canary",
  "/work/" .. ("../"):rep(1000) .. "canary", ("/work/."):rep(500) .. "/../../canary", "/WORK/../canary", "/work/%2e%2e/canary",
}
for _, path in ipairs(outside) do
  for _, mode in ipairs { "r", "w", "a", "r+", "w+", "a+" } do
    local f = io.open(path, mode)
    assert(f == nil or f:read "a" == nil, path)
  end
  assert(not os.rename(path, "/work/taken") and not os.rename("/work", path) and not os.remove(path), path)
  assert(loadfile(path) == nil, path)
  assert(not pcall(dofile, path), path)
  assert(not pcall(io.lines, path), path)
  assert(not pcall(io.input, path), path)
  assert(not lfs.rmdir(path) and not lfs.touch(path) and not lfs.link(path, "/work/link", true), path)
end
-- a zero byte ends a name: this is the mount's own folder, which has no text
assert(loadfile "/work/\0/../../canary" == nil and io.open "/work/\0/../../canary":read "a" == nil)
print "nothing" --> nothing
