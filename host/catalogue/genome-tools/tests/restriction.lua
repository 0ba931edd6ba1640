-- How often each enzyme cuts the plasmid NC_005816.1, and the sum of the bases behind which it does: Bio.Restriction of
-- Biopython 1.88.
local genome = require "genome_tools"
local data = ...

local CUTS = [[
  AatII 1 6943; AccI 5 15946; AciI 49 190569; AflII 1 3985; AgeI 3 6664; AluI 27 153537; ApaI 0 0;
  ApaLI 2 7083; AscI 0 0; AvaI 2 8529; AvaII 3 15737; AvrII 0 0; BamHI 1 6900; BbsI 6 38531; BclI 0 0;
  BglI 2 3042; BglII 2 8881; BsaI 2 910; BsmBI 4 22738; BspEI 4 17876; BsrGI 4 18158; BssHII 0 0;
  BstEII 0 0; BstXI 2 2619; BtsI 4 9103; ClaI 3 20865; DdeI 27 113514; DpnI 32 146676; DraI 4 23132;
  EagI 0 0; EarI 6 25436; EcoO109I 1 9420; EcoRI 3 11261; EcoRV 6 28461; FokI 31 138365; FseI 0 0;
  HaeIII 21 98999; HhaI 31 124434; HincII 7 21243; HindIII 1 7835; HinfI 19 95988; HpaI 0 0;
  HpaII 51 199282; KasI 0 0; KpnI 1 7403; MboI 32 146612; MfeI 2 10056; MluI 0 0; MspI 51 199282; NaeI 0 0;
  NarI 0 0; NcoI 1 2454; NdeI 2 12979; NheI 0 0; NlaIII 32 157482; NotI 0 0; NruI 1 334; NsiI 2 15941;
  PacI 0 0; PmeI 0 0; PsiI 9 44351; PstI 1 1095; PvuI 2 9570; PvuII 0 0; RsaI 23 124956; SacI 0 0;
  SacII 0 0; SalI 0 0; SapI 3 12694; Sau3AI 32 146612; SbfI 0 0; ScaI 0 0; SfiI 0 0; SmaI 2 8533;
  SnaBI 0 0; SpeI 0 0; SphI 1 9531; SspI 10 51398; StuI 2 15308; SwaI 1 7305; TaqI 20 76740; XbaI 0 0;
  XhoI 0 0; XmaI 2 8529;
]]

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local file <close> = assert(io.open(data .. "/NC_005816.fna"))
file:read "l"
local plasmid = file:read "a":gsub("%s", "")
local known = 0
for name, count, sum in CUTS:gmatch "(%w+) (%d+) (%d+);" do
  known = known + 1
  local seen, cuts, total = {}, 0, 0
  for _, site in ipairs(genome.restriction_sites(plasmid, name)) do
    if site.cut and not seen[site.cut] then seen[site.cut], cuts, total = true, cuts + 1, total + site.cut end
  end
  assert(cuts == tonumber(count) and total == tonumber(sum), name)
end
assert(known == #genome.enzymes() and known == 84)

local function shown(sequence, enzymes, circular)
  local list = {}
  for i, site in ipairs(genome.restriction_sites(sequence, enzymes, { circular = circular })) do
    list[i] = ("%s%+d %d..%d %s/%s"):format(site.enzyme, site.strand, site.first, site.last, site.cut, site.other_cut)
  end
  return table.concat(list, ", ")
end

local function fragments(sequence, enzymes, circular)
  local list, total = {}, 0
  for i, fragment in ipairs(genome.digest(sequence, enzymes, { circular = circular })) do
    list[i] = fragment.first .. ".." .. fragment.last
    total = total + fragment.length
  end
  assert(total == #sequence)
  return table.concat(list, " ")
end

assert(shown("AAGAATTCTTGGTCTCAAAAAAAAGAGACC", { "EcoRI", "BsaI" })
  == "EcoRI+1 3..8 3/7, BsaI+1 11..16 17/21, BsaI-1 25..30 19/23")
assert(shown("ccggtctct", "BsaI") == "BsaI+1 3..8 nil/nil", "it cuts beyond the end")
assert(shown("ccggtctctt", "BsaI") == "BsaI+1 3..8 9/nil")
assert(shown("GTCAACGTTGACGTNNAC", "HincII") == "HincII+1 1..6 3/3, HincII+1 7..12 9/9", "N of the sequence does not match")
assert(shown("GGCCATGGATCC", { "NcoI", "BamHI" }) == "NcoI+1 3..8 3/7, BamHI+1 7..12 7/11")
assert(shown("TTCAAAGAA", "EcoRI", true) == "EcoRI+1 7..3 7/2", "round the end")
assert(shown("TTCAAAGAA", "EcoRI") == "" and shown("", "EcoRI", true) == "" and shown("GAA", "EcoRI", true) == "")
assert(shown("AAACCCGGGTTT", { name = "mine", site = "CC^CGGG" }) == "mine+1 4..9 5/7")
assert(shown("AAACCGAAAAAA", { { name = "mine", site = "CCG(2/3)" } }) == "mine+1 4..6 8/9")

assert(fragments("AAGAATTCTTGAATTCA", "EcoRI") == "1..3 4..11 12..17")
assert(fragments("AAGAATTCTTGAATTCA", "EcoRI", true) == "4..11 12..3")
assert(fragments("AAGAATTCTT", "EcoRI", true) == "4..3" and fragments("AAAA", "EcoRI", true) == "1..4")
assert(fragments("AAAA", { "EcoRI", "BamHI" }) == "1..4" and fragments("", "EcoRI") == "")
assert(fragments(plasmid, "EcoRI", true) == "547..1962 1963..8753 8754..546")
assert(fragments(plasmid, { "EcoRI", "HindIII" }) == "1..546 547..1962 1963..7835 7836..8753 8754..9609")

local bsa = genome.enzyme "BsaI"
assert(bsa.site == "GGTCTC" and bsa.cut == 7 and bsa.other_cut == 11 and not bsa.palindromic)
assert(genome.enzyme("EcoRI").palindromic and genome.enzyme({ site = "^GATC" }).cut == 0)
fails("argument `enzymes[1]`: expected the name of an enzyme", genome.digest, "ACGT", "EcoRX")
fails("argument `enzymes[2]`: expected a `site` as \"G^AATTC\"", genome.digest, "ACGT", { "EcoRI", { site = "GAATTC" } })
fails("argument `enzymes[1]`: expected a `site`", genome.digest, "ACGT", { { site = "GA^XTC" } })
fails("argument `enzymes`: expected an enzyme or a list of them, got nil", genome.digest, "ACGT")
fails("argument `enzyme`: expected a `site`", genome.enzyme, 5)
