--- expect: ok
-- Grammars that are left recursive, loop on nothing, or name rules that are not there are refused.
local lpeg = require "lpeg"
local P, V = lpeg.P, lpeg.V
local function refused(f, part) local ok, m = pcall(f) assert(not ok and m:find(part, 1, true), m) end
refused(function() return P { V(1) * "x" + "y" } end, "may be left recursive")
refused(function() return P { "a", a = V "b", b = V "c", c = V "a" } end, "may be left recursive")
refused(function() return P "" ^ 0 end, "may accept empty string")
refused(function() return (P "a" ^ 0) ^ 0 end, "may accept empty string")
refused(function() return P { V "missing" } end, "undefined in given grammar")
refused(function() return lpeg.match(V "alone", "x") end, "used outside a grammar")
refused(function() return lpeg.B(P "a" ^ 1) end, "fixed length")
print(lpeg.match(P { "a" * V(1) + "b" }, "aab")) --> 4
