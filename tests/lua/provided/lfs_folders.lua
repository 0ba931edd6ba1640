--- expect: ok
--- mount: work
--- env: BASE=/work
-- Making, reading and removing folders. The numbers of errors are those of the platform, so they are not shown.
local lfs = require "lfs"
local base = os.getenv "BASE"
local function short(text) return (tostring(text):gsub(base, "BASE", 1)) end
local function try(name, ...)
  local ok, result, message, number = pcall(lfs[name], ...)
  print(name, ok, short(result), short(message), math.type(number))
end
print(lfs._VERSION)
try("mkdir", base .. "/a")
try("mkdir", base .. "/a")
try("mkdir", base .. "/x/y/z")
try("mkdir", base .. "/a/b")
try("mkdir", base .. "/a/new\nline")
try("mkdir", base .. "/a/" .. ("n"):rep(255))
print((lfs.mkdir(base .. "/a/" .. ("n"):rep(256))))
try("mkdir", "")
try("mkdir")
try("mkdir", base .. "/a/with nul\0behind it")
local function names(path)
  local list = {}
  for name in lfs.dir(path) do list[#list + 1] = #name > 100 and #name or name end
  table.sort(list, function(one, other) return tostring(one) < tostring(other) end)
  return table.concat(list, ",")
end
print(names(base))
print(names(base .. "/a/"))
print(names(base .. "/a/b"))
try("rmdir", base .. "/a")
try("rmdir", base .. "/nothing")
try("rmdir", base .. "/a/b")
local file = io.open(base .. "/file", "w")
file:write("hello")
file:close()
try("rmdir", base .. "/file")
try("mkdir", base .. "/file")
try("mkdir", base .. "/file/x")
try("dir", base .. "/file")
try("dir", base .. "/nothing")
try("dir")
-- reading step by step
local step, folder, nothing, closing = lfs.dir(base)
print(type(step), type(folder), nothing, folder == closing, tostring(folder):match "^[^:]*")
local count = 0
for _ in step, folder do count = count + 1 end
print(count)
print(pcall(step, folder))
print(pcall(folder.next, folder))
print(pcall(folder.close, folder))
print(select("#", folder:close()))
local _, another = lfs.dir(base)
print(type(another:next()), pcall(another.close, another))
print(pcall(another.next, another))
print(pcall(another.next, io.stdout))
-- a loop that is left closes its folder
local kept
for _, _, _ in lfs.dir(base) do break end
do
  local _, held <close> = lfs.dir(base)
  kept = held
end
print(pcall(kept.next, kept))
-- more names than fit in one piece
lfs.mkdir(base .. "/many")
for i = 1, 500 do io.open(("%s/many/%03d%s"):format(base, i, ("x"):rep(i % 50)), "w"):close() end
local seen, total = {}, 0
for name in lfs.dir(base .. "/many") do
  if seen[name] then error("twice: " .. name) end
  seen[name], total = true, total + 1
end
print(total, seen["250"], seen["."], seen[".."])
for name in pairs(seen) do os.remove(base .. "/many/" .. name) end
try("rmdir", base .. "/many")
