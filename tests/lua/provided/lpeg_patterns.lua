--- expect: ok
-- Patterns without captures: each way to make one, each operator, places, and what does not match.
local lpeg = require "lpeg"
local P, S, R, V, B, match = lpeg.P, lpeg.S, lpeg.R, lpeg.V, lpeg.B, lpeg.match
print(lpeg.version(), lpeg.type(P"a"), lpeg.type("a"), lpeg.type(nil)) --> 1.0.2	pattern	nil	nil
print(match("abc", "abcd"), match("abc", "ab"), match("", ""), match("a\0b", "a\0bc")) --> 4	nil	1	4
print(match(2, "ab"), match(2, "a"), match(0, ""), match(-1, ""), match(-2, "a"), match(-2, "ab")) --> 3	nil	1	1	1	nil
print(match(true, "x"), match(false, "x"), match({P"x"}, "x"), match(function(_, at) return at + 1 end, "x")) --> 1	nil	2	2
print(match(S"abc" ^ 1, "cabx"), match(S"", "a"), match(R("az", "09") ^ 0, "a0A"), match(R(), "a"), match(R"za", "m")) --> 4	nil	3	nil	nil
print(match(R"\0\255", "\200"), match(S"\0", "\0")) --> 2	2
-- operators
print(match(P"a" * "b", "ab"), match(P"a" + "b", "b"), match(P(1) - "a", "a"), match(1 - P"ab", "ac"), match(-P"a" * 1, "b")) --> 3	2	nil	2	2
print(match(#P"ab" * 1, "ab"), match(#P"ab" * 1, "ac"), match(P"a" ^ 2, "aaa"), match(P"a" ^ 2, "a"), match(P"a" ^ -2, "aaa")) --> 2	nil	4	nil	3
print(match(P"ab" ^ 0 * "a", "ababa"), match((P"a" + "ab") * "c", "abc"), match(("a" * P"b" ^ -1) ^ 0, "abaab")) --> 6	nil	6
print(match(1 * B"a" * "b", "ab"), match(B"a", "a"), match(B"a" * "b", "ab", 2), match(B(1) * 1, "a"), match(2 * B(P"b" + "c") * -1, "ab")) --> 3	nil	3	nil	3
-- a loop leaves what it took: no way back into it
print(match((P"a" * (P"b" * "x") ^ -1) ^ 0 * "a", "ab"), match(P(1) ^ 0 * "a", "aaa")) --> nil	nil
-- where to begin
print(match("a", "ba", 2), match("a", "ba", -1), match("", "ba", -9), match("", "ba", 9), match("", "ba", 0), match(P"b", "ba", nil)) --> 3	3	1	3	3	2
-- searching
local function find(p, s) return match(P {lpeg.Cp() * p + 1 * V(1)}, s) end
print(find("needle", "hay needle"), find("needle", "hay"), match((1 - P"--") ^ 0, "a-b--c"), match((1 - P"x") ^ 0 * "x", "yyyx")) --> 5	nil	4	5
print(match((P(1) - (P"end" * -R"az")) ^ 0, "bend ending end x"), match((R"az" - P"stop") ^ 0, "abstopx"), match((R"az" - P"stop") ^ 0, "ab1stop")) --> 2	3	3
-- grammars
local balanced = P {"(" * ((1 - S"()") + V(1)) ^ 0 * ")"}
print(balanced:match "(a(b)c)", balanced:match "(a(b)c") --> 8	nil
local same = P {"S", S = "a" * V"B" + "b" * V"A" + "", A = "a" * V"S" + "b" * V"A" * V"A", B = "b" * V"S" + "a" * V"B" * V"B"}
print((same * -1):match "aabbba", (same * -1):match "aab") --> 7	nil
print(match(P {[1] = 2, [2] = P"x"}, "x"), match(P {V(print), [print] = P"p"}, "p"), match(P {"A", A = balanced * V"B", B = P {"x"  * V(1) ^ 0}}, "()xx")) --> 2	2	5
print(P(balanced) == balanced, rawequal(P(balanced), balanced), getmetatable(balanced).__index == lpeg) --> true	true	true
-- locale
local classes = lpeg.locale()
local into = {}
print(lpeg.locale(into) == into, match(classes.alpha ^ 1, "ab1"), match(into.space, "\t"), match(classes.punct ^ 1, "!?a"), match(classes.xdigit ^ 1, "fFg")) --> true	3	2	3	3
