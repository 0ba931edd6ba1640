--- expect: cpu
--- fuel: 2e8
-- Each handler raises what it was given, in new coroutines, with tracebacks: nothing swallows the stop.
print "before" --> before
local function rethrow(e) return coroutine.wrap(function() return error(e, 0) end)() end
while true do
  local ok = xpcall(function() return error({}, 2) end, function(e) return select(2, pcall(rethrow, e)) end)
  assert(not ok)
end
