--- expect: ok
--- mount: work
-- Files that hold a binary chunk: loadfile, dofile, require, with a first line, in every mode.
local function write(name, text) local f <close> = assert(io.open("/work/" .. name, "wb")) f:write(text) end
local dump = string.dump(function() return 1 end)
write("a.lua", dump)
write("b.lua", "#!/usr/bin/lua\n" .. dump)
write("c.lua", "\xef\xbb\xbf" .. dump)
write("d.lua", "\xef\xbb\xbf# x\n" .. dump)
package.path = "/work/?.lua"
for _, name in ipairs { "a", "b", "c", "d" } do
  local path = "/work/" .. name .. ".lua"
  for _, mode in ipairs { "b", "bt", "t" } do assert(loadfile(path, mode) == nil, name) end
  assert(loadfile(path) == nil and not pcall(dofile, path) and not pcall(require, name), name)
end
for i = 1, #dump do
  write("a.lua", dump:sub(1, i))
  assert(not loadfile("/work/a.lua"))
end
print(select(2, loadfile("/work/b.lua")):match "binary chunk") --> binary chunk
