--- expect: ok
--- mount: work
--- env: BASE=/work
-- The current folder, and paths that begin there.
local lfs = require "lfs"
local base = os.getenv "BASE"
local function here() return (lfs.currentdir():gsub(base, "BASE", 1)) end
local function go(path)
  local done, message = lfs.chdir(path)
  print(done, message and message:gsub(base, "BASE", 1) or "", done and here())
end
go(base)
lfs.mkdir "one"
lfs.mkdir "one/two"
io.open("one/file", "w"):write("content"):close()
go "one"
print(io.open("file"):read "a", io.open("./file"):read "a", io.open("../one/file"):read "a")
print(lfs.attributes("two", "mode"), lfs.attributes(".", "mode"), lfs.attributes("..", "mode"), lfs.attributes("./", "mode"))
go "two"
print(io.open("../file"):read "a", io.open("./.././file"):read "a", (io.open("two/file")))
io.open("here", "w"):close()
print(lfs.attributes(base .. "/one/two/here", "mode"))
print(os.rename("here", "../there"), lfs.attributes("../there", "mode"))
print(os.remove "../there", lfs.attributes "../there" == nil)
go ".."
go "two/../two/./"
go "nothing"
go "../file"
go ""
go "../.."
go(base .. "/one//two/")
print(loadfile "nothing" == nil, pcall(dofile, "nothing") == false)
go(base .. "/one")
local module = io.open("module.lua", "w")
module:write "return 'loaded'"
module:close()
package.path = "./?.lua;" .. package.path
print((require "module"))
local list = {}
for name in lfs.dir "." do list[#list + 1] = name end
table.sort(list)
print(table.concat(list, ","))
print(lfs.mkdir "../three", lfs.rmdir "../three", lfs.touch("file", 77), lfs.attributes("file", "modification"))
local lock = lfs.lock_dir "."
print(lfs.symlinkattributes("lockfile.lfs") ~= nil)
lock:free()
print(lfs.rmdir "two", os.remove "file", os.remove "module.lua")
go ".."
print(lfs.rmdir "one")
