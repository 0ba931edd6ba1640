--- expect: ok
-- The entry for the globals in the registry can be replaced: new chunks see the new table.
local registry = debug.getregistry()
local mine = { print = print, marker = "mine" }
registry[2] = mine
load("print(marker, _G)")() --> mine	nil
print(marker) --> nil
registry[2] = _G
print(load("return _G")() == _G) --> true
registry[1] = "no thread"
registry["LUA_NOENV"] = true
registry.string = setmetatable({}, { __index = error, __gc = error })
collectgarbage()
print((coroutine.running()) ~= nil) --> true
