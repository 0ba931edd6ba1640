--- expect: ok
-- Match-time captures: what the function gets, what its results mean, and what happens when the match goes back.
local lpeg = require "lpeg"
local P, R, match, C, Cc, Cg, Cb, Cp, Cs, Ct, Cmt = lpeg.P, lpeg.R, lpeg.match, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cb, lpeg.Cp, lpeg.Cs, lpeg.Ct, lpeg.Cmt
print(match(Cmt("a", function(...) print(...) return true end), "ab")) --> ab	2	a
--> 2
print(match(Cmt(C"a" * Cp(), function(_, at, ...) return at, ... end), "ab")) --> a	2
print(match(Cmt("a", function() return false end), "a"), match(Cmt("a", function() end), "a")) --> nil	nil
print(match(Cmt("a", function() return 3 end) * Cp(), "abc"), match(Cmt("a", function() return "4" end), "abc")) --> 3	4
print(match(Cmt("a", function() return true, nil, {}, 2 end) / function(...) return select("#", ...) end, "a")) --> 3
for _, wrong in ipairs {0, 1, 9, "x", 2.5, print} do
  print(pcall(match, Cmt("a", function() return wrong end), "abc")) --> false	invalid position returned by match-time capture
  --> false	invalid position returned by match-time capture
  --> false	invalid position returned by match-time capture
  --> false	invalid position returned by match-time capture
  --> false	invalid position returned by match-time capture
  --> false	invalid position returned by match-time capture
end
-- values of ways that failed are gone
local function give(...)
  local values = table.pack(...)
  return function() return true, table.unpack(values, 1, values.n) end
end
print(match(Cmt("a", give(1)) * "x" + Cmt("a", give(2)) * Cmt("b", give(3, 4)), "ab")) --> 2	3	4
print(match((Cmt(1, give("v")) * "!") ^ 0 * Cmt(1, give("last")), "a!b!c")) --> v	v	last
print(match(Cmt(Cmt("a", give("in")) * "b", function(_, at, ...) return at, "out", ... end), "ab")) --> out	in
print(match(Cs(Cmt("a", give("XX")) * "b"), "ab"), match(Cs(Cmt("a", give()) * "b"), "ab"), match(Cmt("a", give("v", "w")) / "<%1>", "a")) --> XXb	ab	<v>
-- groups and back references while matching
local long = P"[" * Cg(P"=" ^ 0, "level") * "["
local close = Cmt("]" * C(P"=" ^ 0) * "]" * Cb"level", function(_, _, a, b) return a == b end)
local text = long * C((1 - close) ^ 0) * close
print(text:match "[==[a]=]b]==] c") --> a]=]b
print(match(Cg("a", "x") * Cmt(Cb"x", function(_, at, x) return at, x .. x end), "a")) --> aa
print(pcall(match, Cmt(Cg("a", "x"), function() return true end) * Cb"x", "a")) --> false	back reference 'x' not found
-- a match inside a match
local word = R"az" ^ 1
local nested = Cmt(word, function(_, at, w) return at, match(C(1) * Cc(#w), w) end)
print(match((nested * P" " ^ -1) ^ 1, "one three")) --> o	3	t	5
