--- expect: ok
-- Functions that a match calls: they raise, yield, match again, and give positions that are not there.
local lpeg = require "lpeg"
local function cmt(f) return select(2, pcall(lpeg.match, lpeg.Cmt(1, f), "abc")) end
for _, at in ipairs { 0, -1, 5, 100, math.maxinteger, math.mininteger } do print((tostring(cmt(function() return at end)):match "invalid position")) end
--> invalid position
--> invalid position
--> invalid position
--> invalid position
--> invalid position
--> invalid position
print(cmt(function() error("inside", 0) end), cmt(function() return true, nil, 5 end)) --> inside	nil	5
print(cmt(coroutine.yield) ~= nil, cmt(function() return lpeg.match(lpeg.C "b", "b") and 3 end)) --> true	3
print(lpeg.match(1, "abc", math.mininteger), lpeg.match(1, "abc", math.maxinteger), lpeg.match(lpeg.P(true), "abc", -1)) --> 2	nil	3
