-- Cleaning, composition, strands, weight. Expected values: Biopython 1.88 (Bio.Seq, Bio.SeqUtils).
local bio = require "bio_utils"
local data = ...

local function close(got, expected)
  if not (math.abs(got - expected) <= 1e-12 * math.max(1, math.abs(expected))) then
    error(("expected %.17g, got %.17g"):format(expected, got), 2)
  end
end

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function plasmid()
  local file <close> = assert(io.open(data .. "/NC_005816.fna"))
  assert(file:read "l":sub(1, 1) == ">")
  return (file:read "a":gsub("%s", ""))
end

-- Cleaning.
local letters, removed = bio.clean " 1 acgt nnx\n61 ryu "
assert(letters == "ACGTNNRY" and removed == 2)
assert(bio.clean("acxgt", "dna", "mask") == "ACNGT" and bio.clean("AC-DE", "protein", "mask") == "ACXDE")
assert(bio.clean("acgu", "rna", "error") == "ACGU")
fails("argument `sequence`: \"X\", letter 3 of it, is no letter of `dna`", bio.clean, " 1 acxgt", "dna", "error")
fails("argument `bad`: expected one of `remove`, `mask`, `error`, got \"drop\"", bio.clean, "A", "dna", "drop")
fails("argument `alphabet`: expected one of `dna`", bio.clean, "A", "dnaa")
assert(bio.validate("acgtACGT") == true and bio.validate("", "protein") == true)
local ok, why, at = bio.validate("ACGU")
assert(ok == nil and why == "\"U\" at position 4 is no letter of `dna`" and at == 4)
for name, sequence in pairs { dna = "ACGT", rna = "ACGU", dna_iupac = "ACGTN", rna_iupac = "ACGUN", protein = "MEEP", protein_iupac = "MEEPX" } do
  assert(bio.guess(sequence) == name and bio.validate(sequence, name))
end
assert(bio.guess "AC GT" == nil and bio.guess "" == nil)
assert(bio.letters "rna" == "ACGU" and bio.bases "r" == "AG" and bio.bases "N" == "ACGT")
fails("argument `code`: expected a nucleotide code of the IUPAC, got \"!\"", bio.bases, "!")

-- GC content: gc_fraction with the same three names.
for sequence, expected in pairs {
  ACTG = { 0.5, 0.5, 0.5 },
  GDVV = { 1.0, 0.25, 2 / 3 },
  CCTGNN = { 0.75, 0.5, 2 / 3 },
  acgtuswRYKMBDHVNX = { 0.42857142857142855, 0.17647058823529413, 0.47058823529411764 },
} do
  close(bio.gc_content(sequence), expected[1])
  close(bio.gc_content(sequence, "ignore"), expected[2])
  close(bio.gc_content(sequence, "weighted"), expected[3])
end
assert(bio.gc_content "" == nil and bio.gc_content "NNN" == nil)
fails("argument `ambiguous`", bio.gc_content, "ACGT", "all")
assert(table.concat(bio.gc_skew("GGGCATTACCCCGGA", 4), " ") == "0.5 0.0 -1.0 1.0")
assert(#bio.gc_skew("") == 0 and bio.gc_skew("GGC")[1] == 1 / 3)
fails("argument `window`", bio.gc_skew, "ACGT", 0)
local first, second, third = bio.gc_by_codon_position "ATGGCCTTNAGC"
assert(first == 0.25 and second == 0.5 and third == 1)
assert(select("#", bio.gc_by_codon_position "") == 3 and bio.gc_by_codon_position "" == nil)
local extremes = bio.gc_skew_extremes "GGATCCCCG"
assert(extremes.most == 2 and extremes.most_at == 2 and extremes.least == -2 and extremes.least_at == 8)
assert(bio.entropy "ACGT" == 2 and bio.entropy "AAAA" == 0)

-- The plasmid; figures as in examples/data/NC_005816.expected.json.
local sequence = plasmid()
local counts = bio.composition(sequence)
assert(counts.A == 2792 and counts.C == 2250 and counts.G == 2099 and counts.T == 2468 and counts.N == nil)
close(bio.gc_content(sequence), (2250 + 2099) / 9609)
assert(bio.reverse_complement(bio.reverse_complement(sequence)) == sequence)
for length = 0, 17 do -- the counting goes in steps of eight
  local part, total = sequence:sub(1, length), 0
  for _, count in pairs(bio.composition(part)) do total = total + count end
  assert(total == length)
end

-- Strands.
local all = "ACGTRYSWKMBDHVNacgtryswkmbdhvn-"
assert(bio.complement(all) == "TGCAYRSWMKVHDBNtgcayrswmkvhdbn-")
assert(bio.reverse_complement(all) == "-nbdhvkmwsryacgtNBDHVKMWSRYACGT")
assert(bio.transcribe(all) == "ACGURYSWKMBDHVNacguryswkmbdhvn-" and bio.back_transcribe(bio.transcribe(all)) == all)
assert(bio.reverse_complement(bio.transcribe(all), "rna") == "-nbdhvkmwsryacguNBDHVKMWSRYACGU")
assert(bio.reverse_complement "" == "")
fails("argument `sequence`: \"U\" at position 2 is no letter of `dna_iupac`", bio.reverse_complement, "AUG")
fails("argument `sequence`: \"T\" at position 2 is no letter of `rna_iupac`", bio.complement, "ATG", "rna")
fails("argument `sequence`: \"U\" at position 2", bio.transcribe, "AUG")
fails("argument `sequence`: \"*\" at position 1", bio.complement, "*")
fails("argument `sequence`: expected a sequence, got 5", bio.complement, 5)
fails("argument `kind`: expected one of `dna`, `rna`, got \"protein\"", bio.complement, "ACGT", "protein")

-- Weight: one and two strands, circular, monoisotopic.
for _, row in ipairs {
  { "ACGTTGCAACGGT", "dna", false, false, 4054.5834, 8069.1427 },
  { "ACGTTGCAACGGT", "dna", false, true, 4052.67068, 8065.335212 },
  { "ACGTTGCAACGGT", "dna", true, false, 4036.5681, 8033.1121 },
  { "acguugcaacggu", "rna", false, false, 4220.4958, 8400.9675 },
  { "ACGUUGCAACGGU", "rna", true, true, 4200.547057, 8361.087966 },
  { "ACDEFGHIKLMNPQRSTVWYUO", "protein", false, false, 2783.0494 },
  { "ACDEFGHIKLMNPQRSTVWYUO", "protein", true, true, 2764.215702 },
} do
  local options = { circular = row[3], monoisotopic = row[4] }
  close(bio.molecular_weight(row[1], row[2], options), row[5])
  options.double_stranded = true
  if row[6] then close(bio.molecular_weight(row[1], row[2], options), row[6]) end
end
fails("argument `sequence`: \"N\" at position 4 is no letter of `dna`", bio.molecular_weight, "ACGN")
fails("a protein has one strand", bio.molecular_weight, "MEEP", "protein", { double_stranded = true })
fails("argument `circular`: expected a boolean, got 1", bio.molecular_weight, "A", "dna", { circular = 1 })
fails("argument `sequence`: expected at least one letter", bio.molecular_weight, "")
