--- expect: ok
-- An error object of ten MiB travels through pcall, xpcall and a coroutine unharmed.
local object = ("x"):rep(1024):rep(10 * 1024)
local function check(ok, e) return ok, e == object end
print(check(pcall(error, object, 0))) --> false	true
print(check(xpcall(error, function(e) return e end, object, 0))) --> false	true
print(check(coroutine.resume(coroutine.create(error), object, 0))) --> false	true
print(check(pcall(coroutine.wrap(error), object, 0))) --> false	true
