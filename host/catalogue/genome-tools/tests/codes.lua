-- Every genetic code of NCBI: where it differs from code 1, its starts and stops, and a checksum of the translation of all
-- 3375 codons of IUPAC letters, in the order of LETTERS. From Bio.Data.CodonTable and Bio.Seq of Biopython 1.88.
local genome = require "genome_tools"
local data = ...

local CODES = {
  [1] = { "", "ATG CTG TTG", "TAA TAG TGA", 910596 },
  [2] = { "TGA=W ATA=M AGA=* AGG=*", "ATA ATC ATG ATT GTG", "AGA AGG TAA TAG", 591610 },
  [3] = { "TGA=W CTT=T CTC=T CTA=T CTG=T ATA=M", "ATA ATG GTG", "TAA TAG", 508683 },
  [4] = { "TGA=W", "ATA ATC ATG ATT CTG GTG TTA TTG", "TAA TAG", 116850 },
  [5] = { "TGA=W ATA=M AGA=S AGG=S", "ATA ATC ATG ATT GTG TTG", "TAA TAG", 235155 },
  [6] = { "TAA=Q TAG=Q", "ATG", "TGA", 728285 },
  [9] = { "TGA=W AAA=N AGA=S AGG=S", "ATG GTG", "TAA TAG", 143621 },
  [10] = { "TGA=C", "ATG", "TAA TAG", 414715 },
  [11] = { "", "ATA ATC ATG ATT CTG GTG TTG", "TAA TAG TGA", 910596 },
  [12] = { "CTG=S", "ATG CTG", "TAA TAG TGA", 178248 },
  [13] = { "TGA=W ATA=M AGA=G AGG=G", "ATA ATG GTG TTG", "TAA TAG", 799058 },
  [14] = { "TAA=Y TGA=W AAA=N AGA=S AGG=S", "ATG", "TAG", 125859 },
  [15] = { "TAG=Q", "ATG", "TAA TGA", 835950 },
  [16] = { "TAG=L", "ATG", "TAA TGA", 806468 },
  [21] = { "TGA=W ATA=M AAA=N AGA=S AGG=S", "ATG GTG", "TAA TAG", 915448 },
  [22] = { "TCA=* TAG=L", "ATG", "TAA TCA TGA", 671763 },
  [23] = { "TTA=*", "ATG ATT GTG", "TAA TAG TGA TTA", 606353 },
  [24] = { "TGA=W AGA=S AGG=K", "ATG CTG GTG TTG", "TAA TAG", 373048 },
  [25] = { "TGA=G", "ATG GTG TTG", "TAA TAG", 466976 },
  [26] = { "CTG=A", "ATG CTG", "TAA TAG TGA", 846801 },
  [27] = { "TAA=Q TAG=Q TGA=W", "ATG", "TGA", 952729 },
  [28] = { "TAA=Q TAG=Q TGA=W", "ATG", "TAA TAG TGA", 952729 },
  [29] = { "TAA=Y TAG=Y", "ATG", "TGA", 15843 },
  [30] = { "TAA=E TAG=E", "ATG", "TGA", 940772 },
  [31] = { "TAA=E TAG=E TGA=W", "ATG", "TAA TAG", 165213 },
  [32] = { "TAG=W", "ATA ATC ATG ATT CTG GTG TTG", "TAA TGA", 155066 },
  [33] = { "TAA=Y TGA=W AGA=S AGG=K", "ATG CTG GTG TTG", "TAG", 355286 },
}
local LETTERS = "ACGTRYSWKMBDHVN"

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local all = {}
for first in LETTERS:gmatch "." do
  for second in LETTERS:gmatch "." do
    for third in LETTERS:gmatch "." do all[#all + 1] = first .. second .. third end
  end
end
all = table.concat(all)

local standard = genome.genetic_code(1)
local known = 0
for id, row in pairs(CODES) do
  known = known + 1
  local found, differs, count = genome.genetic_code(id), {}, 0
  for change in row[1]:gmatch "%S+" do differs[change:sub(1, 3)] = change:sub(5) end
  for codon, amino in pairs(found.amino) do
    count = count + 1
    assert(amino == (differs[codon] or standard.amino[codon]), id .. codon)
  end
  assert(count == 64 and found.id == id and #found.names >= 1)
  assert(table.concat(found.starts, " ") == row[2], id)
  local stops = {}
  for codon in row[3]:gmatch "%S+" do stops[#stops + 1] = codon end
  table.sort(stops)
  assert(table.concat(found.stops, " ") == table.concat(stops, " "), id)
  local hash = 0
  for _, letter in utf8.codes((genome.translate(all, { code = id }))) do hash = (hash * 31 + letter) % 1000003 end
  assert(hash == row[4], id)
end
assert(known == 27 and #genome.genetic_codes() == 27)
assert(genome.genetic_code("bacterial").id == 11 and genome.genetic_code(4.0).names[1] == "Mold Mitochondrial")
genome.genetic_code(1).amino.ATG = "?" -- a copy: what a caller does with it harms nobody
assert(genome.translate "ATG" == "M")
fails("argument `code`: expected the number or a name of an NCBI genetic code, got 7", genome.genetic_code, 7)
fails("argument `code`", genome.translate, "ATG", { code = "martian" })

local protein, over = genome.translate("atggcnUAAnnn---AC")
assert(protein == "MA*X-" and over == 2)
assert(genome.translate("GATGGCCTAA", { frame = 2 }) == "MA*" and genome.translate("ATGGCCTAAG", { to_stop = true }) == "MA")
assert(genome.translate("TTAGGCCATC", { frame = -2 }) == "MA*" and genome.translate "" == "" and genome.translate "AC" == "")
assert(genome.translate("A-GATG") == "XM", "a codon with a gap in it")
assert(genome.translate "RAYSARMTT" == "BZJ" and genome.translate "TARTRAYTR" == "**L" and genome.translate "TAN" == "X")
assert(genome.translate("TTGGCCTAA", { gene = true }) == "MA", "a gene begins with M")
assert(genome.translate("GTGGCCTGATAA", { gene = true, code = 4 }) == "MAW")
fails("three letters to a codon, this one has 8", genome.translate, "ATGGCCTA", { gene = true })
fails("it does not begin with a start codon of code 1, but \"GTG\"", genome.translate, "GTGGCCTAA", { gene = true })
fails("it does not end with a stop codon of code 1, but \"GCC\"", genome.translate, "ATGGCC", { gene = true })
fails("a stop codon at position 4, within it", genome.translate, "ATGTAATAA", { gene = true })
fails("argument `gene`: leaves no room", genome.translate, "ATGTAA", { gene = true, to_stop = true })
fails("argument `frame`: expected 1 to 3", genome.translate, "ATG", { frame = 0 })
fails("argument `frame`: expected an integer from -3 to 3, got 4", genome.translate, "ATG", { frame = 4 })
fails("argument `sequence`: \"!\" at position 2 is no nucleotide code", genome.translate, "A!G")
fails("argument `options`: expected the names `code`, `frame`, `gene`, `to_stop`, got \"table\"", genome.translate, "A", { table = 1 })

-- Codon use, of a gene of the plasmid.
local file <close> = assert(io.open(data .. "/NC_005816.fna"))
file:read "l"
local plasmid = file:read "a":gsub("%s", "")
local usage = genome.codon_usage(plasmid:sub(87, 1109))
assert(usage.total == 341 and usage.ambiguous == 0 and usage.counts.TGA == 1)
local sum = 0
for _, count in pairs(usage.counts) do sum = sum + count end
assert(sum == usage.total)
usage = genome.codon_usage "ATGNNNATGA"
assert(usage.counts.ATG == 2 and usage.total == 3 and usage.ambiguous == 1 and usage.counts.NNN == nil)

local function close(got, expected) assert(math.abs(got - expected) < 1e-12, got) end
local counts = genome.codon_usage("ATGGCTGCCGCTTGGAAAAAGAAA").counts
local rscu = genome.rscu(counts)
close(rscu.GCT, 8 / 3)
close(rscu.GCA, 0)
close(rscu.AAA, 4 / 3)
assert(rscu.ATG == 1 and rscu.TTT == nil and rscu.TAA == nil)
local weights = genome.relative_adaptiveness(counts)
close(weights.GCA, 0.25)
close(weights.AAG, 0.5)
close(genome.codon_adaptation_index("ATGGCTGCGAAATGGAAG", weights), 0.5946035575013605)
close(genome.codon_adaptation_index(plasmid:sub(6664, 7599), genome.relative_adaptiveness(genome.codon_usage(plasmid:sub(87, 1106)).counts)),
  0.661315140039)
assert(genome.codon_adaptation_index("ATGTGGTAA", weights) == nil)
fails("argument `weights`: expected a weight above 0 for GCT", genome.codon_adaptation_index, "GCT", {})
fails("argument `counts`: expected codons of A, C, G, T as names", genome.rscu, { ATN = 1 })
fails("argument `counts.ATG`: expected a number from 0 up, got -1", genome.rscu, { ATG = -1 })
fails("argument `counts`: expected a table of counts by codon, got nil", genome.rscu)
