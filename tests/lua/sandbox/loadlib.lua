--- expect: ok
-- No C library can be loaded: package.loadlib gives nil and a message.
for _, path in ipairs { "/lib/x86_64-linux-gnu/libc.so.6", "libm.so", "", "x", "/files/x.so" } do
  for _, name in ipairs { "*", "luaopen_x", "system" } do
    local library, message, where = package.loadlib(path, name)
    assert(library == nil and type(message) == "string" and type(where) == "string")
  end
end
print("no library was loaded") --> no library was loaded
package.cpath = "/lib/?.so;/usr/lib/?.so;./?.so;?"
local ok, message = pcall(require, "libc")
print(ok, type(message)) --> false	string
