--- expect: cpu
--- fuel: 6e7
-- Errors that end coroutines are paid for as well, and so is what they were given.
print "before" --> before
local wrap, pcall = coroutine.wrap, pcall
for _ = 1, 100000 do pcall(wrap(error)) end
print "after"
