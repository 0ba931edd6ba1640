--- expect: ok
--- memory: 128MiB
--- fuel: 2e10
-- Neither deep patterns nor deep matches nor deep captures use up the stack of the guest.
local lpeg = require "lpeg"
local P, V, C, Cg, Ct, Cs, match = lpeg.P, lpeg.V, lpeg.C, lpeg.Cg, lpeg.Ct, lpeg.Cs, lpeg.match
print(match(P"a" ^ -60000, ("a"):rep(60001))) --> 60001
print(match(P"a" ^ 60000, ("a"):rep(59999)), match(P(("ab"):rep(200000)), ("ab"):rep(200000))) --> nil	400001
lpeg.setmaxstack(1000000)
local nots, captures, choices = P"a", P"a", P"a"
for i = 1, 2000 do nots = -nots; captures = i % 2 == 0 and C(captures) or Cg(captures); choices = "b" * choices + "c" end
print(match(nots, "a"), match(nots, "b")) --> 1	nil
print(type(match(captures, "a")), match(choices, ("b"):rep(2000) .. "a")) --> string	2002
local list = P {"(" * Ct(V(1) ^ -1) * ")"}
local depth, inside = 0, match(list, ("("):rep(100000) .. (")"):rep(100000))
while inside do depth, inside = depth + 1, inside[1] end
print(depth) --> 100000
local turned = P {Cs("(" * V(1) * ")" / "[%0]" + P"x" / "y")}
print(#match(turned, ("("):rep(3000) .. "x" .. (")"):rep(3000))) --> 6003
-- many captures, many values
print(#match(Ct(C(1) ^ 0), ("x"):rep(300000)), select("#", match(C(1) ^ 0, ("x"):rep(5000)))) --> 300000	5000
print(select(2, pcall(match, C(1) ^ 0, ("x"):rep(1100000)))) --> stack overflow (too many captures)
-- matches inside matches, and grammars inside grammars, end as calls of functions do
local recursions = {}
function recursions.runtime() return match(lpeg.Cmt(C"" * C"", recursions.runtime), "") end
function recursions.capture() return match(C"" * C"" / recursions.capture, "") end
function recursions.fold() return match(lpeg.Cf(C"" * C"", recursions.fold), "") end
function recursions.query() return match(P"" / setmetatable({}, {__index = recursions.query}), "") end
function recursions.grammar() return P(setmetatable({"rule"}, {__index = recursions.grammar})) end
for _, name in ipairs {"runtime", "capture", "fold", "query", "grammar"} do
  local fine, why = pcall(recursions[name])
  why = tostring(why)
  print(name, fine, (why:find("stack overflow", 1, true) or why:find("error handling", 1, true)) ~= nil)
  --> runtime	false	true
  --> capture	false	true
  --> fold	false	true
  --> query	false	true
  --> grammar	false	true
end
print(match(C(P"a" ^ 1), "aaa"), ("%d"):format(42), #string.rep("x", 100000)) --> aaa	42	100000
