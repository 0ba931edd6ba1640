--- expect: ok
--- mount: work
--- env: BASE=/work
-- What lfs says of files and folders, and what it is asked for.
local lfs = require "lfs"
local base = os.getenv "BASE"
local function short(text) return (tostring(text):gsub(base, "BASE", 1)) end
local function try(name, ...)
  local ok, result, message, number = pcall(lfs[name], ...)
  print(name, ok, short(result), short(message), math.type(number))
end
local path = base .. "/file"
local file = io.open(path, "w")
file:write(("x"):rep(1000))
file:close()
lfs.mkdir(base .. "/folder")
for _, name in ipairs { "mode", "size", "nlink", "permissions" } do
  print(name, lfs.attributes(path, name), lfs.symlinkattributes(path, name))
end
print(lfs.attributes(base .. "/folder", "mode"), lfs.attributes(base, "mode"), lfs.attributes(base .. "/folder/..", "mode"))
for _, name in ipairs { "access", "modification", "change" } do
  print(name, math.abs(lfs.attributes(path, name) - os.time()) < 60)
end
local keys = {}
for key, value in pairs(lfs.attributes(path)) do keys[#keys + 1] = key .. ":" .. (math.type(value) or type(value)) end
table.sort(keys)
print(table.concat(keys, " "))
local given = { kept = 1 }
print(lfs.attributes(path, given) == given, given.kept, given.size)
print(lfs.symlinkattributes(path).target, lfs.symlinkattributes(path).mode)
print(lfs.attributes(path, "ino") == lfs.symlinkattributes(path, "ino"), lfs.attributes(path, "ino") ~= lfs.attributes(base, "ino"))
print(lfs.attributes(path, "dev") == lfs.attributes(base, "dev"))
try("attributes", path, "nothing")
try("attributes", path, 1)
try("attributes", path, "target")
try("attributes")
try("attributes", {})
try("attributes", path .. "x")
try("attributes", path .. "x", "mode")
try("attributes", path .. "/x")
try("attributes", "")
try("symlinkattributes", path, "target")
try("symlinkattributes", path .. "x", "target")
try("symlinkattributes", path .. "x")
try("attributes", path .. "\0behind it", "mode")
-- times
try("touch", path, 1000, 2000)
print(lfs.attributes(path, "access"), lfs.attributes(path, "modification"))
try("touch", path, 3000)
print(lfs.attributes(path, "access"), lfs.attributes(path, "modification"))
try("touch", path, 1.75)
print(lfs.attributes(path, "access"))
try("touch", path)
print(math.abs(lfs.attributes(path, "modification") - os.time()) < 60)
try("touch", base .. "/folder", 5000)
print(lfs.attributes(base .. "/folder", "modification"))
try("touch", path .. "x")
try("touch", path, "x")
try("touch", path, 1, "x")
try("touch")
-- modes of a file
local handle = io.open(path, "r+")
try("setmode", handle, "binary")
try("setmode", handle, "text")
try("setmode", handle, "x")
try("setmode", 1, "text")
try("lock", handle, "q")
try("lock", handle)
try("lock", 1, "r")
try("unlock", 1)
handle:close()
try("lock", handle, "r")
try("unlock", handle)
try("setmode", handle, "text")
-- the lock of a folder
local lock, message = lfs.lock_dir(base .. "/folder")
print(type(lock), message, tostring(lock):match "^[^:]*")
print(lfs.lock_dir(base .. "/folder"))
print(lfs.rmdir(base .. "/folder") == nil)
print(select("#", lock:free()), lfs.symlinkattributes(base .. "/folder/lockfile.lfs") == nil)
print(select("#", lock:free()))
print(lfs.lock_dir(base .. "/nothing"))
print(lfs.rmdir(base .. "/folder"))
