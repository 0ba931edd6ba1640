--- expect: cpu
--- fuel: 3e8
-- A pattern whose backtracking is exponential.
local lpeg = require "lpeg"
local P, V = lpeg.P, lpeg.V
print "before" --> before
local slow = P { "a" * V(1) * "b" + "a" * V(1) * "c" + "a" * V(1) + "x" }
pcall(lpeg.match, slow, ("a"):rep(40))
print "after"
