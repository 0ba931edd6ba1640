--- expect: ok
--- mount: files
--- mount: work
-- Unusual names: spaces, other alphabets, dots, long ones; folders are no files.
print(io.open("/files/sub/odd name.txt"):read("l")) --> a name with a space
for _, name in ipairs { "name with space", "ünïcödé.txt", "日本語", "-dash", "'quote\"", ".hidden", "...", "a\tb", "semi;colon", "x" .. ("y"):rep(199) } do
  local path = "/work/" .. name
  local f, e = io.open(path, "w")
  assert(f, e)
  f:write(name)
  f:close()
  local r <close> = assert(io.open(path))
  assert(r:read("a") == name, name)
  assert(os.remove(path))
end
print("all names work") --> all names work
for _, path in ipairs { "/work/" .. ("x"):rep(300), "/work/" .. ("d/"):rep(2000) .. "f", "/work/missing/file", "/work/\255\254\0" } do
  assert(io.open(path, "r") == nil)
end
print("impossible names are refused") --> impossible names are refused
local folder = io.open("/files/sub")
assert(folder == nil or folder:read("a") == nil and folder:read(1) == nil)
assert(io.open("/files/sub", "w") == nil)
assert(io.open("/files/lines.txt/", "r") == nil)
assert(io.open("/files/lines.txt/x", "r") == nil)
print("a folder is no file") --> a folder is no file
print(io.open("/files/lines.txt\0ignored"):read("l")) --> first line
