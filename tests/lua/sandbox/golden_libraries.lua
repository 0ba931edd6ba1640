--- expect: ok
-- The names in each library. A change here is a change of the product.
for _, library in ipairs { "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" } do
  local names = {}
  for name in pairs(_G[library]) do names[#names + 1] = name end
  table.sort(names)
  print(library, #names, table.concat(names, " "))
end
--> coroutine	8	close create isyieldable resume running status wrap yield
--> debug	17	debug gethook getinfo getlocal getmetatable getregistry getupvalue getuservalue setcstacklimit sethook setlocal setmetatable setupvalue setuservalue traceback upvalueid upvaluejoin
--> io	14	close flush input lines open output popen read stderr stdin stdout tmpfile type write
--> math	35	abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max maxinteger min mininteger modf pi pow rad random randomseed sin sinh sqrt tan tanh tointeger type ult
--> os	11	clock date difftime execute exit getenv remove rename setlocale time tmpname
--> package	8	config cpath loaded loadlib path preload searchers searchpath
--> string	17	byte char dump find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper
--> table	7	concat insert move pack remove sort unpack
--> utf8	6	char charpattern codepoint codes len offset
local methods = {}
for name in pairs(getmetatable(io.stdout).__index) do methods[#methods + 1] = name end
table.sort(methods)
print("file", table.concat(methods, " ")) --> file	close flush lines read seek setvbuf write
local meta = {}
for name in pairs(getmetatable(io.stdout)) do meta[#meta + 1] = name end
table.sort(meta)
print("file metatable", table.concat(meta, " ")) --> file metatable	__close __gc __index __name __tostring
local strings = {}
for name in pairs(getmetatable("")) do strings[#strings + 1] = name end
table.sort(strings)
print("string metatable", table.concat(strings, " ")) --> string metatable	__add __div __idiv __index __mod __mul __pow __sub __unm
