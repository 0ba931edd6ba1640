--- expect: cpu
--- fuel: 2e8
-- Hooks at calls and returns that set one another, in all coroutines.
print "before" --> before
local one, two
one = function() debug.sethook(two, "r") end
two = function() debug.sethook(one, "c") end
debug.sethook(one, "cr")
while true do
  local co = coroutine.create(function() debug.sethook(one, "crl", 1) return tostring(1) end)
  coroutine.resume(co)
  tostring(2)
end
