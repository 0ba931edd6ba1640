local alphabet = require "bio_utils.alphabet"
local check = require "bio_utils.check"
local strand = require "bio_utils.strand"

local motif = {}

local CODES = "ACGTURYSWKMBDHVN"

-- A Lua pattern that matches upper-case DNA or RNA as the IUPAC codes of the motif say.
local function pattern_of(codes)
  return (codes:upper():gsub(".", function(code)
    local bases = alphabet.bases(code):gsub("T", "TU")
    return #bases == 1 and bases or "[" .. bases .. "]"
  end))
end

function motif.motif_pattern(codes)
  check.sequence(codes, "motif", CODES, "`dna_iupac`")
  return pattern_of(codes)
end

-- Positions of all matches, also of those that overlap. `strand` is 1 or -1: a match on the other strand is
-- at the position of its last letter there, the first one here.
function motif.find_motif(sequence, codes, which)
  check.sequence(sequence, "sequence")
  check.sequence(codes, "motif", CODES, "`dna_iupac`")
  if codes == "" then check.fail("motif", "at least one letter", codes) end
  which = check.integer(which or 1, "strand", -1, 1)
  local forward = codes:upper():gsub("U", "T")
  local pattern = pattern_of(which < 0 and strand.reverse_complement(forward) or forward)
  local upper = sequence:upper()
  local at = 0
  return function()
    at = at and upper:find(pattern, at + 1)
    return at
  end
end

return motif
