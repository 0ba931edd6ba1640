--- expect: cpu
--- fuel: 2e8
-- A loop a hundred and fifty coroutines deep, each of which would go on after an error.
print "before" --> before
local function deep(n)
  if n == 0 then while true do end end
  local co = coroutine.create(deep)
  repeat
    local ok, why = coroutine.resume(co, n - 1)
    print(n, ok, why)
  until false
end
pcall(deep, 150)
