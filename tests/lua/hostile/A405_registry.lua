--- expect: ok
-- The registry's own entries, replaced one after the other.
local print, pcall, getregistry, coroutine = print, pcall, debug.getregistry, coroutine
local registry = getregistry()
local main, globals = registry[1], registry[2]
print(type(main), globals == _G) --> thread	true
registry[1], registry[2] = 5, 6
print(coroutine.isyieldable(), (pcall(load, "return x"))) --> false	true
registry[1], registry[2] = main, globals
registry._LOADED, registry._PRELOAD = 7, nil
print((pcall(require, "string")), (pcall(require, "nothing"))) --> false	false
registry["FILE*"] = {}
print(type(pcall(io.write, ""))) --> boolean
registry._CLIBS = nil
registry[setmetatable({}, { __gc = function() end })] = registry
setmetatable(registry, { __index = error, __newindex = error, __gc = error, __mode = "kv" })
collectgarbage()
collectgarbage()
print "alive" --> alive
