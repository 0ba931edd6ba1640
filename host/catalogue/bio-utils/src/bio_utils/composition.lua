local check = require "bio_utils.check"

local composition = {}

local byte, char = string.byte, string.char

-- How often each byte occurs. Eight at a time: a call of `byte` costs more than the counting.
local function histogram(sequence, first, last)
  local counts = {}
  for value = 0, 255 do counts[value] = 0 end
  local i = first
  while i + 7 <= last do
    local a, b, c, d, e, f, g, h = byte(sequence, i, i + 7)
    counts[a] = counts[a] + 1
    counts[b] = counts[b] + 1
    counts[c] = counts[c] + 1
    counts[d] = counts[d] + 1
    counts[e] = counts[e] + 1
    counts[f] = counts[f] + 1
    counts[g] = counts[g] + 1
    counts[h] = counts[h] + 1
    i = i + 8
  end
  for j = i, last do
    local value = byte(sequence, j)
    counts[value] = counts[value] + 1
  end
  return counts
end

-- Upper and lower case together.
local function of_letter(counts, letter)
  return counts[byte(letter)] + counts[byte(letter:lower())]
end

local function of_letters(counts, letters)
  local total = 0
  for letter in letters:gmatch "." do total = total + of_letter(counts, letter) end
  return total
end

-- How often each letter occurs, upper and lower case together.
function composition.composition(sequence)
  check.sequence(sequence, "sequence")
  local counts, result = histogram(sequence, 1, #sequence), {}
  for value, count in pairs(counts) do
    if count > 0 then
      local letter = char(value):upper()
      result[letter] = (result[letter] or 0) + count
    end
  end
  return result
end

-- What part of a code is G or C on average, for "weighted".
local WEIGHT = {
  G = 1, C = 1, S = 1, A = 0, T = 0, U = 0, W = 0, R = 1 / 2, Y = 1 / 2, K = 1 / 2, M = 1 / 2,
  N = 1 / 2, X = 1 / 2, B = 2 / 3, V = 2 / 3, D = 1 / 3, H = 1 / 3,
}
local AMBIGUOUS = { "remove", "ignore", "weighted" }

-- The part of G, C and S: of all letters that say which of both it is ("remove"), of all ("ignore"), or with
-- the ambiguous ones by what they stand for ("weighted"). Nil where there is no letter to count.
local function gc_of(counts, length, ambiguous)
  local strong, weak = of_letters(counts, "GCS"), of_letters(counts, "ATUW")
  if ambiguous == "remove" then
    length = strong + weak
  elseif ambiguous == "weighted" then
    strong = 0
    for letter, weight in pairs(WEIGHT) do strong = strong + weight * of_letter(counts, letter) end
  end
  return length > 0 and strong / length or nil
end

function composition.gc_content(sequence, ambiguous)
  check.sequence(sequence, "sequence")
  ambiguous = check.choice(ambiguous, "ambiguous", AMBIGUOUS, "remove")
  return gc_of(histogram(sequence, 1, #sequence), #sequence, ambiguous)
end

-- GC content at the first, second and third positions of the codons.
function composition.gc_by_codon_position(sequence)
  check.sequence(sequence, "sequence")
  local strong, known = { 0, 0, 0 }, { 0, 0, 0 }
  for i = 1, #sequence - #sequence % 3 do
    local weight = WEIGHT[sequence:sub(i, i):upper()]
    local position = (i - 1) % 3 + 1
    if weight == 0 or weight == 1 then
      known[position] = known[position] + 1
      strong[position] = strong[position] + weight
    end
  end
  for position = 1, 3 do strong[position] = known[position] > 0 and strong[position] / known[position] or false end
  return strong[1] or nil, strong[2] or nil, strong[3] or nil
end

-- (G - C) / (G + C) in windows, one after the other; 0 where there is neither.
function composition.gc_skew(sequence, window)
  check.sequence(sequence, "sequence")
  window = check.integer(window or math.max(1, #sequence), "window", 1, 1 << 53)
  local result = {}
  for first = 1, #sequence, window do
    local last = math.min(#sequence, first + window - 1)
    local counts = histogram(sequence, first, last)
    local g, c = of_letter(counts, "G"), of_letter(counts, "C")
    result[#result + 1] = g + c > 0 and (g - c) / (g + c) or 0.0
  end
  return result
end

-- Where the running number of G less C is least and most: in many bacteria near the origin and the terminus.
function composition.gc_skew_extremes(sequence)
  check.sequence(sequence, "sequence")
  local skew, least, most, least_at, most_at = 0, 0, 0, 0, 0
  for at, letter in sequence:gmatch "()([GCgc])" do
    skew = skew + ((letter == "G" or letter == "g") and 1 or -1)
    if skew < least then least, least_at = skew, at end
    if skew > most then most, most_at = skew, at end
  end
  return { least = least, least_at = least_at, most = most, most_at = most_at }
end

-- Shannon's entropy of the letters, in bits: 0 for one letter, 2 for four equally frequent ones.
function composition.entropy(sequence)
  local counts, total = composition.composition(sequence), #sequence
  local entropy = 0.0
  for _, count in pairs(counts) do entropy = entropy - count / total * math.log(count / total, 2) end
  return entropy
end

return composition
