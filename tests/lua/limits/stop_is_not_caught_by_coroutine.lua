--- expect: cpu
-- resume, wrap and close give control back only to a VM that goes on.
print("before") --> before
local co = coroutine.create(function() local g <close> = setmetatable({}, { __close = print }); while true do end end)
print(coroutine.resume(co))
print(coroutine.close(co), coroutine.status(co))
