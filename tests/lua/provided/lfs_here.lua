--- expect: ok
--- mount: files
--- mount: work
-- What lfs makes of the folders above mounts, of read-only mounts, and of what is not there for a VM.
local lfs = require "lfs"
print(lfs.currentdir()) --> /
print(lfs.attributes("/", "mode"), lfs.attributes("/", "size"), lfs.attributes("/work", "mode")) --> directory	0	directory
local function names(path)
  local list = {}
  for name in lfs.dir(path) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, " ")
end
print(names "/") --> . .. files work
print(names ".") --> . .. files work
print(lfs.chdir "work", lfs.currentdir(), lfs.chdir "..", lfs.currentdir()) --> true	/work	true	/
print(names "files/sub" == names "/files/sub", io.open("files/empty.txt"):read "a" == "") --> true	true
print(lfs.attributes("/files/../work", "mode"), lfs.attributes("/files/sub/../../work/.", "mode")) --> directory	directory
print(lfs.chdir "files/sub", io.open("../../files/empty.txt"):read "a" == "", lfs.chdir "/") --> true	true	true
for _, path in ipairs { "/other", "/wor", "/workx", "/etc/passwd", "/proc", "../etc" } do
  if lfs.attributes(path) or lfs.mkdir(path) or lfs.rmdir(path) or lfs.chdir(path) or lfs.touch(path) or pcall(lfs.dir, path)
    or lfs.lock_dir(path) then error(path) end
end
print((lfs.mkdir "/other"), (lfs.rmdir "/"), (lfs.rmdir "/work"), (lfs.mkdir "/work")) --> nil	nil	nil	nil
-- a read-only mount
print(lfs.mkdir "/files/new") --> nil	Read-only file system	69
print((lfs.rmdir "/files/sub"), (lfs.touch "/files/empty.txt"), (lfs.lock_dir "/files")) --> nil	nil	nil
-- what a VM has not
print(lfs.link("/work/a", "/work/b", true)) --> nil	Not supported	58
local file = io.open("/work/file", "w")
print(lfs.lock(file, "w")) --> nil	Not supported	58
print(lfs.unlock(file)) --> nil	Not supported	58
print(pcall(lfs.touch, "/work/file", -1)) --> false	bad argument #2 to 'lfs.touch' (time out of range)
print(pcall(lfs.touch, "/work/file", 0 / 0)) --> false	bad argument #2 to 'lfs.touch' (time out of range)
-- handles end
local held = {}
local ok, message
for i = 1, 100 do
  local step, folder
  ok, step, folder = pcall(lfs.dir, "/work")
  if not ok then message = step break end
  held[i] = folder
end
print(ok, message) --> false	cannot open /work: No file descriptors available
for _, folder in ipairs(held) do folder:close() end
collectgarbage()
print(names "/work") --> . .. file
