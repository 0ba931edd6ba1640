--- expect: ok
--- fuel: 1e10
--- time: 5s
-- After runaway recursions were caught, memory for ordinary work is there again.
local kib = ("x"):rep(1024)
local function endless(n) return 1 + endless(n + 1) end
for _ = 1, 2 do
  assert(not pcall(endless, 1))
  collectgarbage()
  assert(#kib:rep(4 * 1024) == 4 * 1024 * 1024)
end
print(#kib:rep(8 * 1024)) --> 8388608
