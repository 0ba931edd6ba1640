--- expect: ok
--- memory: 16MiB
-- Each of a hundred finalizers uses up the memory; each fails alone, and all of them ran.
local runs = 0
for _ = 1, 100 do
  setmetatable({}, { __gc = function()
    runs = runs + 1
    return ("x"):rep(64 << 20)
  end })
end
collectgarbage()
collectgarbage()
print(runs) --> 100
