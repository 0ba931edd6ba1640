--- expect: ok
--- mount: files
--- mount: work
-- loadfile, dofile and require refuse precompiled chunks as load does.
local function refused(...)
  local chunk, message = ...
  assert(not chunk and type(message) == "string", message)
end
local code = string.dump(function() return "ran" end)
local function put(name, text) local f <close> = assert(io.open(name, "wb")); f:write(text) end
put("/work/real.lua", code)
put("/work/after_hash.lua", "#!/usr/bin/lua\n" .. code)
put("/work/after_mark.lua", "\239\187\191" .. code)
put("/work/only.lua", "\27")
package.path = "/work/?.lua;/files/?.lua"
for _, file in ipairs { "/files/bytecode.lua", "/files/bytecode_after_hash.lua", "/work/real.lua", "/work/after_hash.lua", "/work/after_mark.lua", "/work/only.lua" } do
  refused(loadfile(file))
  refused(loadfile(file, "b"))
  refused(loadfile(file, "bt", {}))
  refused(loadfile(file, "t"))
  refused(pcall(dofile, file))
  refused(pcall(require, file:match("([%w_]+)%.lua$")))
end
print("all refused") --> all refused
put("/work/text.lua", "return 'text runs'")
print(dofile("/work/text.lua")) --> text runs
