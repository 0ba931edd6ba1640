--- expect: ok
-- Every global and every library function is replaced by one that fails, and left so at the end.
local G, keep_print, keep_pcall, keep_error = _G, print, pcall, error
local function poison(t)
  for name in next, t do
    if t[name] ~= G then t[name] = function() keep_print("asked for " .. name) keep_error("poisoned " .. name) end end
  end
end
for _, library in ipairs { string, table, math, os, io, coroutine, debug, utf8, package } do poison(library) end
poison(G)
keep_print(keep_pcall(print, 1))
--> asked for print
--> false	poisoned_globals.lua:6: poisoned print
keep_print(keep_pcall(function() return ("x"):rep(2) end))
--> asked for rep
--> false	poisoned_globals.lua:6: poisoned rep
for i = 1, 3 do local t = { i, i * 2 } end
keep_print(2 ^ 3, "done") --> 8.0	done
