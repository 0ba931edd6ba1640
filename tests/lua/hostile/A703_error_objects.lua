--- expect: ok
-- Errors that are nil, tables, functions, coroutines, numbers and huge, with levels at the edges.
local lo, hi = math.mininteger, math.maxinteger
for _, value in ipairs { 1, 1.5, true, {}, print, coroutine.create(print), io.stdout, ("x"):rep(100000) } do
  local ok, same = pcall(error, value, 0)
  assert(not ok and same == value)
  ok, same = xpcall(error, function(e) return e end, value, 0)
  assert(not ok and same == value)
  ok, same = coroutine.resume(coroutine.create(error), value, 0)
  assert(not ok and same == value)
end
for _, level in ipairs { lo, hi, -1, 0, 1, 2, 3, 100, 1 << 32 } do assert(select(2, pcall(error, "text", level)):match "text$") end
print(pcall(error)) --> false	nil
print(pcall(assert, false, nil), (pcall(assert, nil, {}))) --> false	false
print(pcall(assert)) --> false	bad argument #1 to 'assert' (value expected)
print(select("#", pcall(error, nil, 1, 2, 3))) --> 2
