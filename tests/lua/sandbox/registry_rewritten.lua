--- expect: ok
-- debug.getregistry hands out Lua's own table; a script that empties it harms only itself.
local print, pcall, load, pairs, type, collectgarbage = print, pcall, load, pairs, type, collectgarbage
local registry = debug.getregistry()
local open, write, stdout = io.open, io.stdout.write, io.stdout
print(type(registry), registry._LOADED == package.loaded, registry._PRELOAD == package.preload) --> table	true	true
for key in pairs(registry) do registry[key] = nil end
collectgarbage()
print((pcall(write, stdout, "not a handle any more"))) --> false
print(type(pcall(open, "/x")), type(pcall(require, "x")), type(pcall(debug.gethook))) --> boolean	boolean	boolean
print(pcall(error, "still an error")) --> false	still an error
