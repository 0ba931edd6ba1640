--- expect: ok
-- package.loaded, preload, searchers, path and cpath of wrong types, emptied, and with metatables.
local require, package, pcall, print, type = require, package, pcall, print, type
local function try(name) local ok, m = pcall(require, name) return ok, type(m) == "string" and m:match "^[^\n]*" or m end
for name in pairs(package.loaded) do package.loaded[name] = nil end
print(try "string") --> false	module 'string' not found:
package.path = nil
print(try "a") --> false	'package.path' must be a string
package.path = ("?;"):rep(1000)
print((try "a")) --> false
package.path = "?"
print((try(("a."):rep(1000)))) --> false
package.path, package.cpath = "", 5
print((try "a")) --> false
package.cpath = {}
print((try "a")) --> false
package.preload.b = 5
print((try "b")) --> false
package.preload = setmetatable({}, { __index = function() return function() return "made up" end end })
print((try "c")) --> false
package.searchers = {}
print(type(try "d")) --> boolean
package.searchers = nil
print(try "e") --> false	'package.searchers' must be a table
print(pcall(package.searchpath, "x", "?", "", "")) --> true	nil	no file 'x'
