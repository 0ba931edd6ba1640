--- expect: cpu
-- Errors thrown and caught without end, with error objects of every type.
local values = { "text", 42, {}, true, print, coroutine.create(print) }
local i = 0
while true do i = i % #values + 1; pcall(error, values[i]) end
