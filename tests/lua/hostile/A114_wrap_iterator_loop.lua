--- expect: cpu
--- fuel: 2e8
-- A generic for over a coroutine that never gives nil.
print "before" --> before
for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end
print "after"
