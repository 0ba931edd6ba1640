-- How often each codon is used, and how well a gene keeps to the codons of others.
local check = require "genome_tools.check"
local find_code = require("genome_tools.code").find

local codons = {}

-- `counts` by codon, `total` of all codons, and how many of them were `ambiguous` (these are not among the counts).
function codons.codon_usage(sequence)
  local letters = check.sequence(sequence, "sequence")
  local counts, total, ambiguous = {}, 0, 0
  for i = 1, #letters - 2, 3 do
    local codon = letters:sub(i, i + 2)
    total = total + 1
    counts[codon] = (counts[codon] or 0) + 1
  end
  for codon, count in pairs(counts) do
    if codon:find "[^ACGT]" then
      counts[codon], ambiguous = nil, ambiguous + count
    end
  end
  return { counts = counts, total = total, ambiguous = ambiguous }
end

local function check_counts(counts, name)
  if type(counts) ~= "table" then check.fail(name, "a table of counts by codon", counts, 4) end
  for codon, count in pairs(counts) do
    if type(codon) ~= "string" or not codon:find "^[ACGT][ACGT][ACGT]$" then
      check.fail(name, "codons of A, C, G, T as names", codon, 4)
    end
    if math.type(count) == nil or not (count >= 0) then
      check.fail(("%s.%s"):format(name, codon), "a number from 0 up", count, 4)
    end
  end
end

-- The codons of each amino acid, stops left out.
local function families(genetic)
  local result = {}
  for codon, amino in pairs(genetic.amino) do
    if amino ~= "*" and codon:find "^[ACGT][ACGT][ACGT]$" then
      result[amino] = result[amino] or {}
      table.insert(result[amino], codon)
    end
  end
  return result
end

-- Relative synonymous codon use: the count of a codon by the mean of those for the same amino acid.
function codons.rscu(counts, code)
  check_counts(counts, "counts")
  local result = {}
  for _, family in pairs(families(find_code(code or 1))) do
    local total = 0
    for _, codon in ipairs(family) do total = total + (counts[codon] or 0) end
    for _, codon in ipairs(family) do
      if total > 0 then result[codon] = (counts[codon] or 0) * #family / total end
    end
  end
  return result
end

-- The use of a codon by that of the most frequent one for its amino acid. What does not occur counts half (Sharp and
-- Li, Nucleic Acids Research 15: 1281, 1987).
function codons.relative_adaptiveness(counts, code)
  check_counts(counts, "counts")
  local result = {}
  for _, family in pairs(families(find_code(code or 1))) do
    local most = 0.5
    for _, codon in ipairs(family) do most = math.max(most, counts[codon] or 0) end
    for _, codon in ipairs(family) do
      local count = counts[codon] or 0
      result[codon] = (count == 0 and 0.5 or count) / most
    end
  end
  return result
end

-- The geometric mean of the weights of a gene's codons; stops, and codons without a choice, left out. Nil where
-- nothing is left.
function codons.codon_adaptation_index(sequence, weights, code)
  local letters = check.sequence(sequence, "sequence")
  check_counts(weights, "weights")
  local counted = {}
  for _, family in pairs(families(find_code(code or 1))) do
    for _, codon in ipairs(family) do counted[codon] = #family > 1 end
  end
  local total, number = 0.0, 0
  for i = 1, #letters - 2, 3 do
    local codon = letters:sub(i, i + 2)
    if counted[codon] then
      local weight = weights[codon]
      if not weight or weight <= 0 then check.fail("weights", ("a weight above 0 for %s"):format(codon), weight) end
      total, number = total + math.log(weight), number + 1
    end
  end
  return number > 0 and math.exp(total / number) or nil
end

return codons
