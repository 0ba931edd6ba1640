--- expect: memory
--- memory: 16MiB
-- A table grows until memory ends; what it held is given back.
local function grow()
  local t = {}
  for i = 1, math.huge do t[i] = { i } end
end
for _ = 1, 2 do
  print(pcall(grow)) --> false	not enough memory
  --> false	not enough memory
  collectgarbage()
end
print(collectgarbage("count") < 4096) --> true
