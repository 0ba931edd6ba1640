--- expect: ok
--- mount: modules
-- require loads a module once, hands it its name and its file, and returns both.
local simple, where = require("simple")
print(simple.name, simple.path, where) --> simple	/modules/simple.lua	/modules/simple.lua
print(require("simple") == simple, select("#", require("simple")), loads_of_simple) --> true	1	1
package.loaded.simple = nil
print(require("simple") == simple, loads_of_simple) --> false	2
print(require "string" == string, package.loaded._G == _G, require("_G") == _G) --> true	true	true
print(pcall(require)) --> false	bad argument #1 to 'require' (string expected, got no value)
print(pcall(require, {})) --> false	bad argument #1 to 'require' (string expected, got table)
