--- expect: ok
-- What does not nest may be long: operators from the left, calls, indices, statements.
print(load("return 1" .. ("+1"):rep(20000))()) --> 20001
local t = {} t.t = t
print(load("local t = ... return t" .. (".t"):rep(20000))(t) == t) --> true
local function f() return t.f end
t.f = function() return t.f end
print(load("local f = ... return f" .. ("()"):rep(20000))(t.f) == t.f) --> true
print(load((";"):rep(100000) .. "return 5")()) --> 5
print(load(("do end "):rep(20000) .. "return 6")()) --> 6
