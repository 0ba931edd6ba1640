--- expect: ok
-- A VM that asks for none of the modules has nothing of them.
print(next(package.preload)) --> nil
local modules = { "bit32", "cjson", "cjson.safe", "compat53", "lfs", "struct", "system", "system.core", "term" }
for _, name in ipairs(modules) do
  if package.loaded[name] or _G[name] then error(name) end
end
for key, value in pairs(debug.getregistry()) do
  if key == "directory metatable" or key == "lock metatable" or key == "cjson text" then error(key) end
end
local text = select(2, pcall(require, "lfs.nothing"))
print((text:match "^[^\n]*")) --> module 'lfs.nothing' not found:
-- what was asked for is there once
local lfs, origin = require "lfs"
print(origin, require "lfs" == lfs, package.loaded.lfs == lfs, _G.lfs) --> :provided:	true	true	nil
-- a script may put its own in its place
package.loaded.struct = nil
package.preload.struct = function(...) return { ... } end
print(table.concat(require "struct", " ")) --> struct :preload:
