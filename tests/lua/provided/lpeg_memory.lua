--- expect: memory
--- memory: 16MiB
-- Patterns, captures and backtracking live in the memory of the VM; an error in the middle of a match keeps none.
local lpeg = require "lpeg"
local P, V, C, Cc, Ct, match = lpeg.P, lpeg.V, lpeg.C, lpeg.Cc, lpeg.Ct, lpeg.match
local failing = Ct((C(1) + lpeg.Cmt("!", function() error("in the middle", 0) end)) ^ 0 * P(function() error("at the end", 0) end))
local subject = ("x"):rep(20000)
for _ = 1, 200 do assert(not pcall(match, failing, subject)) end
print(select(2, pcall(match, failing, subject))) --> at the end
lpeg.setmaxstack(100000000)
local deep = P {"(" * V(1) * ")" + -P(1)}
print(select(2, pcall(match, deep, ("("):rep(3000000)))) --> not enough memory
print(select(2, pcall(match, C(1) ^ 0 * C(1), ("x"):rep(3000000)))) --> not enough memory
print(select(2, pcall(function() local p = P(1) for _ = 1, 30 do p = p * p * Cc(1) end end))) --> not enough memory
print(match(C(P"a" ^ 1), "aaa")) --> aaa
