--- expect: memory
--- memory: 16MiB
-- A smaller limit is felt sooner, and work goes on.
local kib = ("x"):rep(1024)
print(pcall(string.rep, kib, 16 * 1024)) --> false	not enough memory
print(#kib:rep(2 * 1024)) --> 2097152
local t = {}
local ok, message = pcall(function() while true do t[#t + 1] = kib:rep(100) .. #t end end)
t = nil
collectgarbage()
print(ok, message) --> false	not enough memory
print(#kib:rep(1024)) --> 1048576
