--- expect: ok
--- mount: modules
--- mount: work
-- A script may change package.path to another mount; nonsense in it is an error, not a crash.
local function put(name, text) local f <close> = assert(io.open(name, "w")); f:write(text) end
put("/work/own.lua", "return { from = select(2, ...) }")
package.path = "/work/?.lua;" .. package.path
print(require("own").from, require("pkg").name) --> /work/own.lua	pkg
package.loaded.own = nil
put("/work/own.lua", "return 'changed'")
print((require("own"))) --> changed
package.path = "/etc/?;/../?;?;;///?"
print(pcall(require, "passwd") == false) --> true
package.path = ""
print(pcall(require, "absent") == false) --> true
package.path = ("/work/?" .. ("?"):rep(50) .. ";"):rep(10)
print(pcall(require, "ab") == false) --> true
package.path = nil
print(pcall(require, "absent")) --> false	'package.path' must be a string
package.path = 42
print(pcall(require, "absent") == false) --> true
package.path = "/work/?.lua"
package.loaded.own = nil
print((require("own"))) --> changed
