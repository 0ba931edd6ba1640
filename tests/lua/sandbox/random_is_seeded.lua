--- expect: ok
-- Without a call of randomseed the generator works and does not repeat itself.
local seen, repeats = {}, 0
for _ = 1, 1000 do
  local n = math.random(0)
  if seen[n] then repeats = repeats + 1 end
  seen[n] = true
end
print(repeats) --> 0
local low, high = 1, 0
for _ = 1, 1000 do
  local r = math.random()
  low, high = math.min(low, r), math.max(high, r)
end
print(low < 0.1, high > 0.9) --> true	true
