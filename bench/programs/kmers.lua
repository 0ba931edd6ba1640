-- k-mer counting: how often each word of six bases occurs, and the most frequent ones.
local seed = 11
local function base()
  seed = (seed * 1103515245 + 12345) % 2147483648
  local index = (seed >> 16) % 4 + 1
  return ("ACGT"):sub(index, index)
end

local bases = {}
for i = 1, 120000 do bases[i] = base() end
local genome = table.concat(bases)

local counts = {}
for i = 1, #genome - 5 do
  local word = genome:sub(i, i + 5)
  counts[word] = (counts[word] or 0) + 1
end

local words = {}
for word in pairs(counts) do words[#words + 1] = word end
table.sort(words, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)

local sum = #words
for i = 1, 50 do
  local word = words[i]
  sum = (sum * 31 + counts[word] + word:byte(1) + word:byte(6)) % 1000000007
end
return sum
