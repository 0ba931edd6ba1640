--- expect: ok
--- mount: modules
-- A module that fails leaves no trace in package.loaded and is tried again the next time.
print(pcall(require, "fails")) --> false	/modules/fails.lua:2: the module fails
print(pcall(require, "fails")) --> false	/modules/fails.lua:2: the module fails
print(fail_count, package.loaded.fails) --> 2	nil
print(pcall(require, "broken"))
--> false	error loading module 'broken' from file '/modules/broken.lua':
--> 	/modules/broken.lua:2: unexpected symbol near '='
print(package.loaded.broken, require("simple").name) --> nil	simple
