--- expect: cpu
--- fuel: 2e8
-- Two coroutines that make each other anew, for ever, each in the other's middle.
print "before" --> before
local ping, pong
ping = function() while true do coroutine.yield(coroutine.wrap(pong)) end end
pong = function() while true do coroutine.yield(coroutine.wrap(ping)) end end
local current = coroutine.wrap(ping)
while true do current = current() end
