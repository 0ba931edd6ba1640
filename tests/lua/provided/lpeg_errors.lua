--- expect: ok
-- Messages of errors, as programs see them.
local lpeg = require "lpeg"
local P, R, V, B, match = lpeg.P, lpeg.R, lpeg.V, lpeg.B, lpeg.match
local C, Cb, Cc, Cf, Cg, Cs, Ct, Carg = lpeg.C, lpeg.Cb, lpeg.Cc, lpeg.Cf, lpeg.Cg, lpeg.Cs, lpeg.Ct, lpeg.Carg
local function message(f, ...) return (select(2, pcall(f, ...))) end
local function doing(code) return (message(assert(load(code, "=it", "t", setmetatable({io = io, _G = _G}, {__index = lpeg}))))) end
print(message(P, nil)) --> bad argument #1 to 'lpeg.P' (lpeg-pattern expected, got nil)
print(message(P)) --> bad argument #1 to 'lpeg.P' (value expected)
print(message(P, io.stdout)) --> bad argument #1 to 'lpeg.P' (lpeg-pattern expected, got FILE*)
print(doing "return P'a' + nil") --> it:1: bad argument #2 to 'add' (lpeg-pattern expected, got nil)
print(doing "return io.stdout * P'a'") --> it:1: bad argument #1 to 'mul' (lpeg-pattern expected, got FILE*)
print(doing "return P'a' ^ 'x'") --> it:1: bad argument #2 to 'pow' (number expected, got string)
print(doing "return P'a' / true") --> it:1: bad argument #2 to 'div' (invalid replacement value)
print(doing "return P'a' / -1") --> it:1: bad argument #1 to 'div' (invalid number)
print(doing "return P'' ^ 0") --> it:1: loop body may accept empty string
print(message(R, "abc")) --> bad argument #1 to 'lpeg.R' (range must have two characters)
print(message(V, nil)) --> bad argument #1 to 'lpeg.V' (non-nil value expected)
print(message(B, P"a" ^ 0)) --> bad argument #1 to 'lpeg.B' (pattern may not have fixed length)
print(message(B, C"a")) --> bad argument #1 to 'lpeg.B' (pattern have captures)
print(message(B, P(256))) --> bad argument #1 to 'lpeg.B' (pattern too long to look behind)
print(message(Cf, "a", 1)) --> bad argument #2 to 'lpeg.Cf' (function expected, got number)
print(message(Carg, 0)) --> bad argument #1 to 'lpeg.Carg' (invalid argument index)
print(message(match, "a")) --> bad argument #2 to 'lpeg.match' (string expected, got no value)
print(message(match, "a", "a", "x")) --> bad argument #3 to 'lpeg.match' (number expected, got string)
-- grammars
print(message(P, {})) --> grammar has no initial rule
print(message(P, {"S", S = 1})) --> initial rule 'S' is not a pattern
print(message(P, {P"a", x = "b"})) --> rule 'x' is not a pattern
print(message(P, {V"x"})) --> rule 'x' undefined in given grammar
print(message(P, {V {}})) --> rule '(a table)' undefined in given grammar
print(message(P, {V(1)})) --> rule '1' may be left recursive
print(message(P, {"a", a = P"x" ^ 0 * V"b", b = V"a"})) --> rule 'a' may be left recursive
print(message(P, {V"x" ^ 0, x = P""})) --> empty loop in rule '1'
print(message(match, V"x", "a")) --> rule 'x' used outside a grammar
local rules = {}
for i = 1, 250 do rules[i] = P"a" end
print(lpeg.type(P(rules))) --> pattern
rules[251] = P"a"
print(message(P, rules)) --> bad argument #1 to 'lpeg.P' (grammar has too many rules)
-- captures
print(message(match, Cb"x", "")) --> back reference 'x' not found
print(message(match, Carg(1), "")) --> reference to absent extra argument #1
print(message(match, C"a" / 2, "a")) --> no capture '2'
print(message(match, P"a" / "%1", "a")) --> invalid capture index (1)
print(message(match, (P"a" / {}) / "%1", "a")) --> no values in capture index 1
print(message(match, Ct"a" / "%1", "a")) --> invalid capture value (a table)
print(message(match, Cs(Cc(true)), "a")) --> invalid replacement value (a boolean)
print(message(match, Cf(P"a", print), "a")) --> no initial value for fold capture
print(message(match, P"a" / function() error("mine", 0) end, "a")) --> mine
print(message(match, P"a" / function() error {} end, "a") ~= nil) --> true
-- too much
print(message(lpeg.setmaxstack, 0)) --> bad argument #1 to 'lpeg.setmaxstack' (out of range)
local nest = P {"(" * V(1) * ")" + -P(1)}
print(nest:match(("("):rep(398))) --> nil
print(message(match, nest, ("("):rep(399))) --> backtrack stack overflow (current limit is 400)
lpeg.setmaxstack(1000)
print(nest:match(("("):rep(998)), message(match, nest, ("("):rep(999))) --> nil	backtrack stack overflow (current limit is 1000)
ones = {}
for i = 1, 65535 do ones[i] = 1 end
many = Cc(table.unpack(ones))
print(lpeg.type(many)) --> pattern
print(doing "return _G.many * Cc(1)") --> it:1: too many Lua values in pattern
print(doing "return P'a' ^ 2000000") --> it:1: pattern too large
