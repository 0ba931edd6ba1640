local check = require "bio_utils.check"
local composition = require("bio_utils.composition").composition
local strand = require "bio_utils.strand"

local weight = {}

-- Masses in dalton: of the nucleotides as 5' monophosphates and of the free amino acids; average and of the most
-- frequent isotopes (the figures of the IUPAC's atomic weights, as Bio.Data.IUPACData of Biopython 1.88 has them).
local AVERAGE = {
  dna = { A = 331.2218, C = 307.1971, G = 347.2212, T = 322.2085 },
  rna = { A = 347.2212, C = 323.1965, G = 363.2206, U = 324.1813 },
  protein = {
    A = 89.0932, C = 121.1582, D = 133.1027, E = 147.1293, F = 165.1891, G = 75.0666, H = 155.1546, I = 131.1729,
    K = 146.1876, L = 131.1729, M = 149.2113, N = 132.1179, O = 255.3134, P = 115.1305, Q = 146.1445, R = 174.201,
    S = 105.0926, T = 119.1192, U = 168.0532, V = 117.1463, W = 204.2252, Y = 181.1885,
  },
}
local MONOISOTOPIC = {
  dna = { A = 331.06817, C = 307.056936, G = 347.063084, T = 322.056602 },
  rna = { A = 347.063084, C = 323.051851, G = 363.057999, U = 324.035867 },
  protein = {
    A = 89.047678, C = 121.019749, D = 133.037508, E = 147.053158, F = 165.078979, G = 75.032028, H = 155.069477,
    I = 131.094629, K = 146.105528, L = 131.094629, M = 149.051049, N = 132.053492, O = 255.158292, P = 115.063329,
    Q = 146.069142, R = 174.111676, S = 105.042593, T = 119.058243, U = 168.964203, V = 117.078979, W = 204.089878,
    Y = 181.073893,
  },
}
local WATER, MONOISOTOPIC_WATER = 18.0153, 18.010565 -- leaves at each bond
local KINDS = { "dna", "rna", "protein" }

local function of_strand(sequence, masses, water, bonds)
  local total, counts = 0.0, composition(sequence)
  for letter, mass in pairs(masses) do total = total + (counts[letter] or 0) * mass end
  return total - bonds * water
end

-- In dalton. Only letters that stand for one residue: what weighs an N?
function weight.molecular_weight(sequence, kind, options)
  kind = check.choice(kind, "kind", KINDS, "dna")
  options = check.options(options, { double_stranded = false, circular = false, monoisotopic = false })
  local masses = (options.monoisotopic and MONOISOTOPIC or AVERAGE)[kind]
  local letters = {}
  for letter in pairs(masses) do letters[#letters + 1] = letter end
  table.sort(letters)
  check.sequence(sequence, "sequence", table.concat(letters), "`" .. kind .. "`")
  if sequence == "" then check.fail("sequence", "at least one letter", sequence) end
  if options.double_stranded and kind == "protein" then
    error("argument `double_stranded`: a protein has one strand", 2)
  end
  local upper = sequence:upper()
  local water = options.monoisotopic and MONOISOTOPIC_WATER or WATER
  local bonds = options.circular and #upper or #upper - 1
  local total = of_strand(upper, masses, water, bonds)
  if options.double_stranded then
    total = total + of_strand(strand.complement(upper, kind), masses, water, bonds)
  end
  return total
end

return weight
