--- rocks: inifile
local ini = require "inifile"
local t = ini.parse "settings.ini"
print(t.server.port, t.server.name, t.flags.verbose, t.flags.ratio, type(t.server.port))
t.server.port = 9090
t.extra = { a = 1 }
ini.save("saved.ini", t)
collectgarbage() -- it leaves the closing of the file to the collector
local again = ini.parse "saved.ini"
print(again.server.port, again.extra.a, again.flags.verbose)
print(ini.parse("[x]\na=1\n", "memory").x.a)
print(ini.save("unused", { y = { b = 2 } }, "memory"))
