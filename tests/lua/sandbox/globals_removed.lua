--- expect: ok
-- All globals and all library functions removed: what is held in locals still works.
local print, pairs, collectgarbage, load, format = print, pairs, collectgarbage, load, string.format
for _, library in pairs({ string, table, math, os, coroutine, debug, utf8, package, io }) do
  for name in pairs(library) do library[name] = nil end
end
local G = _G
for name in pairs(G) do G[name] = nil end
collectgarbage()
print(next, _G, ("x").rep, #"abc") --> nil	nil	nil	3
print(format("%.1f", 1 / 3), load("return 1 + 1")(), load("return _G")()) --> 0.3	2	nil
print(2 ^ 10, "a" .. 1, ({ 1, 2, n = 3 }).n, 7 // 2) --> 1024.0	a1	3	3
