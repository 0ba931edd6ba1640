--- expect: ok
-- A hook that is still set when the script ends.
local lines = 0
debug.sethook(function() lines = lines + 1 end, "crl", 10)
local function work(n) local s = 0 for i = 1, n do s = s + i end return s end
print(work(100), lines > 0) --> 5050	true
