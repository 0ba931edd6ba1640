--- expect: ok
-- With `debug` a script can put other things in the place of what a pattern holds: errors come of it, no more.
local lpeg = require "lpeg"
local P, C, Cc, V, match = lpeg.P, lpeg.C, lpeg.Cc, lpeg.V, lpeg.match
local function fails(f, ...) return not pcall(f, ...) end
local other = C(P"x" ^ 1 + "y") * P"zzz"
print(match(other, "xxzzz")) --> xx
local p = C"a" / "<%1>" * Cc(1)
print(match(p, "a")) --> <a>	1
-- the code of another pattern, something else, nothing
debug.setuservalue(p, debug.getuservalue(other, 2), 2)
print(match(p, "a")) --> <a>	1
debug.setuservalue(p, io.stdout, 2)
print(match(p, "a")) --> <a>	1
debug.setuservalue(p, nil, 2)
print(match(p, "a")) --> <a>	1
-- other values
debug.setuservalue(p, {}, 1)
print(select("#", pcall(match, p, "a"))) --> 3
debug.setuservalue(p, nil, 1)
print(fails(match, p, "a"), fails(match, p * C"b", "ab"), fails(match, p * Cc(2), "a")) --> true	true	false
local f, q, v = P"a" / print, P"a" / {}, V"x"
debug.setuservalue(f, {1}, 1)
debug.setuservalue(q, {1}, 1)
debug.setuservalue(v, 5, 1)
print(fails(match, f, "a"), fails(match, q, "a"), fails(match, v, "a"), fails(P, {v})) --> true	true	true	true
-- our metatable on another userdata
local mt = getmetatable(p)
debug.setmetatable(io.stdin, mt)
print(fails(match, io.stdin, "a"), fails(P, io.stdin), lpeg.type(io.stdin)) --> true	true	nil
print(match(C(P"a" ^ 1), "aa")) --> aa
