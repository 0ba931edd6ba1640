local check = require "bio_utils.check"

local alphabet = {}

-- The letters of the IUPAC (nucleotides: Cornish-Bowden 1985), and those that stand for none of them in particular.
local LETTERS = {
  dna = "ACGT",
  rna = "ACGU",
  dna_iupac = "ACGTRYSWKMBDHVN",
  rna_iupac = "ACGURYSWKMBDHVN",
  protein = "ACDEFGHIKLMNPQRSTVWY",
  protein_iupac = "ACDEFGHIKLMNPQRSTVWYBXZJUO",
}
local NAMES = { "dna", "rna", "dna_iupac", "rna_iupac", "protein", "protein_iupac" } -- the narrow ones first
local MASK = { dna = "N", rna = "N", dna_iupac = "N", rna_iupac = "N", protein = "X", protein_iupac = "X" }
local BAD = { "remove", "mask", "error" }

-- What each nucleotide code stands for, in the order of the alphabet, with T.
local BASES = {
  A = "A", C = "C", G = "G", T = "T", U = "T", R = "AG", Y = "CT", S = "CG", W = "AT", K = "GT", M = "AC",
  B = "CGT", D = "AGT", H = "ACT", V = "ACG", N = "ACGT",
}

function alphabet.letters(name)
  return LETTERS[check.choice(name, "name", NAMES, "dna")]
end

function alphabet.bases(code)
  local bases = type(code) == "string" and BASES[code:upper()]
  return bases or check.fail("code", "a nucleotide code of the IUPAC", code)
end

-- True, or nil, what is wrong, and where.
function alphabet.validate(sequence, name)
  check.sequence(sequence, "sequence")
  name = check.choice(name, "alphabet", NAMES, "dna")
  local at = check.first_other(sequence, LETTERS[name])
  if not at then return true end
  return nil, ("%q at position %d is no letter of `%s`"):format(sequence:sub(at, at), at, name), at
end

-- Upper-case letters of an alphabet, without white space and numbers; and how many other characters there were.
function alphabet.clean(sequence, name, bad)
  check.sequence(sequence, "sequence")
  name = check.choice(name, "alphabet", NAMES, "dna_iupac")
  bad = check.choice(bad, "bad", BAD, "remove")
  local letters = sequence:gsub("[%s%d]+", ""):upper()
  local others = "[^" .. LETTERS[name] .. "]"
  if bad == "error" then
    local at = letters:find(others)
    if at then
      error(("argument `sequence`: %q, letter %d of it, is no letter of `%s`"):format(letters:sub(at, at), at, name), 2)
    end
    return letters, 0
  end
  return letters:gsub(others, bad == "mask" and MASK[name] or "")
end

-- The first alphabet of the list above that has all the letters; nil when none has.
function alphabet.guess(sequence)
  check.sequence(sequence, "sequence")
  if sequence == "" then return nil end
  for _, name in ipairs(NAMES) do
    if not check.first_other(sequence, LETTERS[name]) then return name end
  end
end

return alphabet
