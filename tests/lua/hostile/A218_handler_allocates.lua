--- expect: ok
-- A message handler that allocates for ever, called for an error of memory and for another one.
local function hungry() local t = {} while true do t = { t, t, ("x"):rep(10000) .. #t } end end
print(xpcall(error, hungry, "x")) --> false	not enough memory
print(xpcall(string.rep, hungry, "x", 1 << 30)) --> false	not enough memory
collectgarbage()
print(collectgarbage "count" < 100) --> true
print(#("x"):rep(16 << 20)) --> 16777216
