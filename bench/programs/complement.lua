-- Reverse complement: by pattern, and base by base.
local pairing = { A = "T", C = "G", G = "C", T = "A", N = "N" }
local codes = {}
for one, other in pairs(pairing) do codes[one:byte()] = other end

local function by_pattern(sequence)
  return (sequence:reverse():gsub(".", pairing))
end

local function by_base(sequence)
  local result, length = {}, #sequence
  for i = length, 1, -1 do result[length - i + 1] = codes[sequence:byte(i)] end
  return table.concat(result)
end

local seed, bases = 7, {}
for i = 1, 4000 do
  seed = (seed * 1103515245 + 12345) % 2147483648
  local index = (seed >> 16) % 5 + 1
  bases[i] = ("ACGTN"):sub(index, index)
end
local strand = table.concat(bases)

local sum = 0
for round = 1, 60 do
  local slow, fast = by_base(strand), by_pattern(strand)
  assert(slow == fast and by_pattern(fast) == strand)
  sum = (sum * 31 + fast:byte(round) + slow:byte(-round)) % 1000000007
  strand = strand:sub(2) .. strand:sub(1, 1)
end
return sum
