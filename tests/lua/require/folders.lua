--- expect: ok
--- mount: modules
-- A dot in the name is a folder; init.lua stands for the folder itself.
local pkg, where = require("pkg")
print(pkg.name, where) --> pkg	/modules/pkg/init.lua
print(pkg.sub == require("pkg.sub"), pkg.sub.name, pkg.sub.twice(21)) --> true	pkg.sub	42
print(package.loaded["pkg.sub"] == pkg.sub) --> true
require("globals")
print(left_behind()) --> global from a module
