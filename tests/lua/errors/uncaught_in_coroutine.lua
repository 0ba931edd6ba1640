--- expect: raised
--- message: uncaught_in_coroutine.lua:4: from inside
-- coroutine.wrap passes the error on to its caller.
local step = coroutine.wrap(function() coroutine.yield(1) error("from inside") end)
print(step()) --> 1
step()
