-- Alignment: the score of two sequences by Needleman and Wunsch.
local seed = 5
local function sequence(length)
  local bases = {}
  for i = 1, length do
    seed = (seed * 1103515245 + 12345) % 2147483648
    bases[i] = (seed >> 16) % 4
  end
  return bases
end

local function score(a, b)
  local above = {}
  for j = 0, #b do above[j] = -2 * j end
  for i = 1, #a do
    local row, base = { [0] = -2 * i }, a[i]
    for j = 1, #b do
      local best = above[j - 1] + (base == b[j] and 1 or -1)
      local down, right = above[j] - 2, row[j - 1] - 2
      if down > best then best = down end
      if right > best then best = right end
      row[j] = best
    end
    above = row
  end
  return above[#b]
end

local sum = 0
for round = 1, 4 do
  sum = sum * 1000 + score(sequence(500), sequence(400 + round))
end
return sum
