--- expect: ok
--- mount: modules
-- package.loaded and package.preload can be replaced; require goes on with the originals.
local original = package.loaded
package.loaded = {}
package.preload = {}
local simple = require("simple")
print(simple.name, original.simple == simple, package.loaded.simple) --> simple	true	nil
original.string = "shadowed"
print(require("string"), ("x"):rep(3)) --> shadowed	xxx
package = nil
print(require("pkg").name) --> pkg
