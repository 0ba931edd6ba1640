--- expect: ok
-- What captures give, and in which order.
local lpeg = require "lpeg"
local P, S, R, V, match = lpeg.P, lpeg.S, lpeg.R, lpeg.V, lpeg.match
local C, Cc, Cg, Cb, Ct, Cf, Cs, Cp, Carg = lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cb, lpeg.Ct, lpeg.Cf, lpeg.Cs, lpeg.Cp, lpeg.Carg
local function values(t)
  local list = {}
  for k, v in pairs(t) do list[#list + 1] = tostring(k) .. "=" .. (type(v) == "table" and "{" .. values(v) .. "}" or tostring(v)) end
  table.sort(list)
  return table.concat(list, " ")
end
print(match(C(C"a" * C"b"), "ab")) --> ab	a	b
print(match(Cp() * 2 * Cp(), "ab"), match(Cc(1, nil, "x"), ""), match(Cc(), "")) --> 1	1	1
print(match(Cc(1, nil, "x"), "")) --> 1	nil	x
print(match(Carg(2) * Carg(1), "", 1, "one", "two"), match("a" * Carg(1), "a", 1, nil)) --> two	nil
print(match(Carg(2) * Carg(1), "", 1, "one", "two")) --> two	one
-- tables and groups
print(values(match(Ct(C(1) * Cg(C(1) * C(1), "k") * Cg(C(1) * Cp()) * Cg(1, 9)), "abcde"))) --> 1=a 2=d 3=5 9=e k=b
print(values(match(Ct(Ct(C(1)) * Ct""), "a")), match(Cg(C"a", "n"), "a"), match(Cg"a", "a"), match(Cg(C"a" * C"b"), "ab")) --> 1={1=a} 2={}	2	a	a	b
print(values(match(Ct(Cg(Cc(false), "f") * Cg(P"" / {}, "none")), ""))) --> f=false none=
-- back references
print(match(Cg("a", "x") * Cg("b", "x") * Cb"x" * C(Cb"x" * 1), "abc")) --> b	c	b
print(match(Cg(C"a" * C"b", 1) * Cb(1.0), "ab"), match(Cg(Cg("a", "x") * Cb"x" * Cb"x", "x") * Cb"x", "a")) --> a	a	a
print(pcall(match, Cg(Cg("a", "inner"), "outer") * Cb"inner", "a")) --> false	back reference 'inner' not found
-- replacements
print(match(P"a" / "<%0%%%x>", "a"), match((C"a" * C"b") / "%2%1%0", "ab"), match(C(C"a" * C"b") / "%1-%2-%3", "ab")) --> <a%x>	baab	ab-a-b
print(match(P"a" / {a = 1}, "a"), match(P"a" / {}, "a"), match((C"a" * "b") / setmetatable({}, {__index = function(_, k) return k:rep(2) end}), "ab")) --> 1	2	aa
print(match(P"ab" / string.upper, "ab"), match(P"a" / function() end, "a"), match((Cc(nil, 2) * C(1)) / function(...) return select("#", ...), ... end, "x")) --> AB	2	3	nil	2	x
print(match(P"a" / 0, "a"), match((C"a" * C"b") / 2, "ab"), match(P"ab" / 1, "ab")) --> 2	b	ab
-- substitution
print(match(Cs((P"fox" / "cat" + P"the" / {} + 1) ^ 0), "the fox")) --> the cat
print(match(Cs(C(C"a" * C"b") * "c"), "abc"), match(Cs(Cg(C"a" * C"b") * "c"), "abc"), match(Cs("a" * Cc("x", "y") * Cp() * "c"), "ac")) --> abc	ac	ax2c
print(match(Cs(Cs(P"a" / "x" * 1) * (Cs(P"c" / "y") / "<%1%0>")), "abc"), match(Cs((P"a" / 0) * Cg("b", "n") * Cb"n"), "ab")) --> xb<yc>	abb
print(values(match(Ct(Cs(P"a" / "x") * Cs(P"b")), "ab"))) --> 1=x 2=b
local quoted = P {"'" * Cs(((1 - S"'\\") + P"\\" / "" * 1) ^ 0) * "'"}
print(quoted:match [['it\'s \\ ok']]) --> it's \ ok
-- folds
local number = R"09" ^ 1 / tonumber
local function add(a, b) return a + b end
print(match(Cf(number * ("," * number) ^ 0, add), "10,30,43"), match(Cf(C"a", error), "a")) --> 83	a
print(values(match(Cf(Ct"" * Cg(C(R"az" ^ 1) * "=" * C(R"az" ^ 1) * S",;" ^ -1) ^ 0, rawset), "a=b, c=hi;"))) --> a=b
print(match(Cf(Cg(C"a" * C"b") * C"c" * (P"d" / {}), function(...) return table.concat({...}, ",") end), "abcd")) --> a,c
-- predicates give nothing, and what is undone is gone
print(match(#C"a" * C"a", "a"), match(-C"a" * C"b", "b"), match((C"a" * "x" + C"a") * C"b", "ab")) --> a	b	a	b
-- a calculator
local function operate(a, op, b)
  if op == "+" then return a + b elseif op == "-" then return a - b elseif op == "*" then return a * b else return a / b end
end
local space = S" \n" ^ 0
local calculator = space * P {
  "sum",
  sum = Cf(V"product" * Cg(C(S"+-") * space * V"product") ^ 0, operate),
  product = Cf(V"value" * Cg(C(S"*/") * space * V"value") ^ 0, operate),
  value = number * space + "(" * space * V"sum" * ")" * space,
} * -1
print(calculator:match "1 + 2*(3 - 4) * 5", calculator:match "8/2/2 - 1", calculator:match "1 +") --> -9	1.0	nil
