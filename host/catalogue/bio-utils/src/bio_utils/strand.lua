local check = require "bio_utils.check"

local strand = {}

-- Complements of the IUPAC codes; a gap stays one.
local PAIRS = {
  C = "G", G = "C", R = "Y", Y = "R", S = "S", W = "W", K = "M", M = "K", B = "V", V = "B", D = "H", H = "D", N = "N",
}
local KINDS = { "dna", "rna" }
local LETTERS = { dna = "ACGTRYSWKMBDHVN", rna = "ACGURYSWKMBDHVN" }
local COMPLEMENT = {}

for _, kind in ipairs(KINDS) do
  local last = kind == "dna" and "T" or "U"
  local map = { ["-"] = "-", A = last, a = last:lower(), [last] = "A", [last:lower()] = "a" }
  for letter, other in pairs(PAIRS) do
    map[letter], map[letter:lower()] = other, other:lower()
  end
  COMPLEMENT[kind] = map
end

local function map_of(sequence, kind)
  kind = check.choice(kind, "kind", KINDS, "dna", 4)
  check.sequence(sequence, "sequence", LETTERS[kind] .. "%-", "`" .. kind .. "_iupac`", 4)
  return COMPLEMENT[kind]
end

-- Upper and lower case stay as they are.
function strand.complement(sequence, kind)
  local map = map_of(sequence, kind)
  return (sequence:gsub(".", map))
end

function strand.reverse_complement(sequence, kind)
  local map = map_of(sequence, kind)
  return (sequence:gsub(".", map):reverse())
end

-- From the coding strand of DNA to RNA, and back.
function strand.transcribe(sequence)
  check.sequence(sequence, "sequence", LETTERS.dna .. "%-", "`dna_iupac`")
  return (sequence:gsub("[Tt]", { T = "U", t = "u" }))
end

function strand.back_transcribe(sequence)
  check.sequence(sequence, "sequence", LETTERS.rna .. "%-", "`rna_iupac`")
  return (sequence:gsub("[Uu]", { U = "T", u = "t" }))
end

return strand
