--- expect: ok
--- fuel: 3e8
-- A traversal during which every field is assigned to and taken away ends.
local t = {}
for i = 1, 5000 do t[i] = i t["k" .. i] = i end
local count = 0
for k in pairs(t) do
  count = count + 1
  t[k] = nil
  t[k] = nil
end
print(count, next(t)) --> 10000	nil
