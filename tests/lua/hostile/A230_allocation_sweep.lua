--- expect: ok
--- memory: 16MiB
-- Memory ends at each of many places of one small program, since what is left grows step by step.
local function work()
  local t = {}
  for i = 1, 20 do t["k" .. i] = { i, function() return i end } end
  local s = table.concat({ "a", "b", ("c"):rep(3000) }, ",")
  local co = coroutine.wrap(function() coroutine.yield(s .. "x") return #t end)
  co()
  local f = assert(load("local a = ... return a .. '" .. s .. "'"))
  return #f("y") + #string.format("%s %q", s, s) + #s:gsub("c", "dd") + (co() or 0)
end
local expected = work()
local ballast, fill = {}, 1 << 20
while fill >= 512 do
  local ok = pcall(function() while true do ballast[#ballast + 1] = ("x"):rep(fill) .. #ballast end end)
  assert(not ok)
  fill = fill // 2
end
local failed = 0
for _ = 1, 100 do
  local ok, result = pcall(work)
  if not ok then failed = failed + 1 end
  assert(result == expected or result:match "not enough memory$", result)
  ballast[#ballast] = nil
end
ballast = nil
collectgarbage()
print(failed > 5, work() == expected) --> true	true
