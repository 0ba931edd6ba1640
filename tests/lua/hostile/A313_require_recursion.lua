--- expect: ok
-- Loaders that require themselves, and searchers that do.
package.preload.me = function() return require "me" end
local ok, message = pcall(require, "me")
print(ok, message:match "C stack overflow") --> false	C stack overflow
table.insert(package.searchers, 1, function(name) return require(name .. "x") end)
ok, message = pcall(require, "other")
print(ok, message:match "C stack overflow") --> false	C stack overflow
table.remove(package.searchers, 1)
print(package.loaded.me, (pcall(require, "none"))) --> nil	false
