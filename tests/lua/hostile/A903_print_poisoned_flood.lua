--- expect: output
--- stdout: 64KiB
-- print of objects whose text is large, in coroutines, under a small ceiling.
local object = setmetatable({}, { __tostring = function() return ("t"):rep(10000) end })
while true do coroutine.wrap(function() pcall(print, object, object) end)() end
