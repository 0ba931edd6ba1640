--- expect: ok
-- coroutine.close in every state; errors while closing; closing within closing.
local order = {}
local function guard(name, raise) return setmetatable({}, { __close = function(_, e) order[#order + 1] = name .. ":" .. tostring(e) if raise then error(raise, 0) end end }) end
local co = coroutine.create(function() local a <close> = guard("a", "from a") local b <close> = guard("b", "from b") coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co)) --> false	from a
print(table.concat(order, " ")) --> b:nil a:from b
print(coroutine.close(co), coroutine.close(co), coroutine.status(co)) --> true	true	dead
local self
self = coroutine.create(function() local c <close> = setmetatable({}, { __close = function() order[#order + 1] = tostring((pcall(coroutine.close, self))) end }) coroutine.yield() end)
coroutine.resume(self)
print(coroutine.close(self), order[#order]) --> true	false
local wrapped = coroutine.wrap(function() local c <close> = guard("c", "from c") error("first", 0) end)
print(pcall(wrapped)) --> false	from c
print(pcall(wrapped)) --> false	cannot resume dead coroutine
