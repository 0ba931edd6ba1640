--- expect: ok
-- A thousand finalizers that raise, yield, exit their coroutine or use what is finalized already.
local log = 0
for i = 1, 1000 do
  setmetatable({ i, next = setmetatable({}, { __gc = error }) }, { __gc = function(object)
    log = log + 1
    if i % 3 == 0 then error(object) end
    if i % 3 == 1 then coroutine.yield(object.next) end
    tostring(object.next)
  end })
end
for _ = 1, 3 do collectgarbage() end
print(log) --> 1000
