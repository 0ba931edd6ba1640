-- Tables as maps: inserts, updates, deletes and walks, with keys of text and numbers.
local words = {}
for i = 1, 4000 do words[i] = "key" .. i end

local counts = {}
for round = 1, 100 do
  for i = 1, #words do
    local word = words[i]
    counts[word] = (counts[word] or 0) + i % round
  end
end

local sparse = {}
for i = 1, 120000 do sparse[i * 7919 % 131071] = i end
for i = 1, 120000, 3 do sparse[i * 7919 % 131071] = nil end

local sum = 0
for _, count in pairs(counts) do sum = sum + count end
for key, value in pairs(sparse) do sum = sum + (key ~ value) end
for _ = 1, 150 do
  for i = 1, #words do sum = sum + counts[words[i]] end
end
return sum
