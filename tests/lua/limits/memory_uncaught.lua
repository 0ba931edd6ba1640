--- expect: memory
--- message: not enough memory
-- Uncaught, it is an error like any other, and the output before it is kept.
print("before") --> before
local kib, t = ("x"):rep(1024), {}
while true do t[#t + 1] = kib:rep(1000) .. #t end
