-- Sorting: by number, by text, and by a comparator.
local seed = 42
local function random(limit)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed % limit
end

local numbers, words, records = {}, {}, {}
for i = 1, 36000 do numbers[i] = random(1000000) end
for i = 1, 9000 do words[i] = "name" .. random(1000000) end
for i = 1, 12000 do records[i] = { key = random(5000), order = i } end

table.sort(numbers)
table.sort(words)
table.sort(records, function(a, b)
  if a.key ~= b.key then return a.key < b.key end
  return a.order < b.order
end)

local sum = 0
for i = 1, #numbers, 100 do sum = (sum * 31 + numbers[i]) % 1000000007 end
for i = 1, #words, 100 do sum = (sum * 31 + words[i]:byte(-1)) % 1000000007 end
for i = 1, #records, 100 do sum = (sum * 31 + records[i].order) % 1000000007 end
return sum
