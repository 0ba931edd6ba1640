--- expect: ok
--- mount: modules
-- The message of a failed search lists every place that was tried.
package.path = "/modules/?.lua;/modules/?/init.lua"
print(pcall(require, "no.such"))
--> false	module 'no.such' not found:
--> 	no field package.preload['no.such']
--> 	no file '/modules/no/such.lua'
--> 	no file '/modules/no/such/init.lua'
--> 	no file ''
--> 	no file ''
print(package.searchpath("no.such", package.path))
--> nil	no file '/modules/no/such.lua'
--> 	no file '/modules/no/such/init.lua'
print(package.searchpath("pkg.sub", package.path), package.searchpath("pkg/sub", "/modules/?.lua", "/")) --> /modules/pkg/sub.lua	/modules/pkg/sub.lua
print(pcall(require, "../etc/passwd") == false, pcall(require, "/etc/passwd") == false) --> true	true
print(pcall(require, "") == false, pcall(require, "a\0b") == false, pcall(require, ("x"):rep(5000)) == false) --> true	true	true
