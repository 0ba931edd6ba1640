-- Where restriction enzymes cut.
local bio_utils = require "bio_utils"
local check = require "genome_tools.check"

local restriction = {}

-- The site of each enzyme in REBASE's notation: ^ marks the cut of either strand of a site that is cut symmetrically;
-- (a/b) how many bases behind the site this strand and the other one are cut. The facts are REBASE's, as Bio.Restriction
-- of Biopython 1.88 has them.
local ENZYMES = [[
  AatII GACGT^C; AccI GT^MKAC; AciI C^CGC; AflII C^TTAAG; AgeI A^CCGGT; AluI AG^CT; ApaI GGGCC^C;
  ApaLI G^TGCAC; AscI GG^CGCGCC; AvaI C^YCGRG; AvaII G^GWCC; AvrII C^CTAGG; BamHI G^GATCC;
  BbsI GAAGAC(2/6); BclI T^GATCA; BglI GCCNNNN^NGGC; BglII A^GATCT; BsaI GGTCTC(1/5); BsmBI CGTCTC(1/5);
  BspEI T^CCGGA; BsrGI T^GTACA; BssHII G^CGCGC; BstEII G^GTNACC; BstXI CCANNNNN^NTGG; BtsI GCAGTG(2/0);
  ClaI AT^CGAT; DdeI C^TNAG; DpnI GA^TC; DraI TTT^AAA; EagI C^GGCCG; EarI CTCTTC(1/4); EcoO109I RG^GNCCY;
  EcoRI G^AATTC; EcoRV GAT^ATC; FokI GGATG(9/13); FseI GGCCGG^CC; HaeIII GG^CC; HhaI GCG^C; HincII GTY^RAC;
  HindIII A^AGCTT; HinfI G^ANTC; HpaI GTT^AAC; HpaII C^CGG; KasI G^GCGCC; KpnI GGTAC^C; MboI ^GATC;
  MfeI C^AATTG; MluI A^CGCGT; MspI C^CGG; NaeI GCC^GGC; NarI GG^CGCC; NcoI C^CATGG; NdeI CA^TATG;
  NheI G^CTAGC; NlaIII CATG^; NotI GC^GGCCGC; NruI TCG^CGA; NsiI ATGCA^T; PacI TTAAT^TAA; PmeI GTTT^AAAC;
  PsiI TTA^TAA; PstI CTGCA^G; PvuI CGAT^CG; PvuII CAG^CTG; RsaI GT^AC; SacI GAGCT^C; SacII CCGC^GG;
  SalI G^TCGAC; SapI GCTCTTC(1/4); Sau3AI ^GATC; SbfI CCTGCA^GG; ScaI AGT^ACT; SfiI GGCCNNNN^NGGCC;
  SmaI CCC^GGG; SnaBI TAC^GTA; SpeI A^CTAGT; SphI GCATG^C; SspI AAT^ATT; StuI AGG^CCT; SwaI ATTT^AAAT;
  TaqI T^CGA; XbaI T^CTAGA; XhoI C^TCGAG; XmaI C^CCGGG;
]]

-- The site, where this strand is cut and where the other one: counted in bases from the beginning of the site.
local function parsed(name, notation)
  local site, behind, other_behind = notation:match "^(%u+)%((%-?%d+)/(%-?%d+)%)$"
  local cut, other_cut
  if site then
    cut, other_cut = #site + tonumber(behind), #site + tonumber(other_behind)
  else
    local left, right = notation:match "^(%u*)%^(%u*)$"
    site = left and left .. right
    if site == "" then site = nil end
    cut, other_cut = left and #left, right and #right
  end
  if not site or site:find "[^ACGTRYSWKMBDHVN]" then return nil end
  local palindromic = site == bio_utils.reverse_complement(site)
  return { name = name, site = site, cut = cut, other_cut = other_cut, palindromic = palindromic }
end

local known, names = {}, {}
for name, notation in ENZYMES:gmatch "(%w+) ([^%s;]+);" do
  known[name] = parsed(name, notation)
  names[#names + 1] = name
end
table.sort(names)

function restriction.enzymes()
  return table.move(names, 1, #names, 1, {})
end

-- One by name, or one that is not in the list by its site, as "GACGT^C" or "GGTCTC(1/5)".
local function find_enzyme(enzyme, argument, level)
  if type(enzyme) == "string" then
    local expected = "the name of an enzyme (`enzymes()` lists them) or a table with `name` and `site`"
    return known[enzyme] or check.fail(argument, expected, enzyme, level)
  end
  local site = type(enzyme) == "table" and type(enzyme.site) == "string" and enzyme.site
  local found = site and parsed(tostring(enzyme.name or site), site)
  return found or check.fail(argument, "a `site` as \"G^AATTC\" or \"GGTCTC(1/5)\"", site or enzyme, level)
end

function restriction.enzyme(enzyme)
  local found = find_enzyme(enzyme, "enzyme", 4)
  return {
    name = found.name, site = found.site, cut = found.cut, other_cut = found.other_cut, palindromic = found.palindromic,
  }
end

local function list_of(enzymes)
  local list = {}
  if type(enzymes) == "string" or (type(enzymes) == "table" and enzymes.site) then enzymes = { enzymes } end
  if type(enzymes) ~= "table" then check.fail("enzymes", "an enzyme or a list of them", enzymes, 4) end
  for i, enzyme in ipairs(enzymes) do list[i] = find_enzyme(enzyme, ("enzymes[%d]"):format(i), 5) end
  return list
end

-- A cut behind base `at`; round a circle 0 is the end. Nil when it would lie beyond the ends.
local function cut_at(at, length, circular)
  if circular then return (at - 1) % length + 1 end
  return at > 0 and at < length and at or nil
end

local function add(found, enzyme, strand, first, length, circular)
  local size = #enzyme.site
  local near, far = enzyme.cut, enzyme.other_cut
  if strand < 0 then near, far = size - far, size - near end
  found[#found + 1] = {
    enzyme = enzyme.name, strand = strand, first = first, last = (first + size - 2) % length + 1,
    cut = cut_at(first - 1 + near, length, circular),
    other_cut = cut_at(first - 1 + far, length, circular),
  }
end

local function search(letters, enzyme, circular, found)
  local length, size = #letters, #enzyme.site
  if size > length then return end
  local searched = circular and letters .. letters:sub(1, size - 1) or letters
  for _, strand in ipairs(enzyme.palindromic and { 1 } or { 1, -1 }) do
    for first in bio_utils.find_motif(searched, enzyme.site, strand) do
      add(found, enzyme, strand, first, length, circular)
    end
  end
end

local function sites(letters, enzymes, circular)
  local found = {}
  for _, enzyme in ipairs(enzymes) do search(letters, enzyme, circular, found) end
  table.sort(found, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    if a.enzyme ~= b.enzyme then return a.enzyme < b.enzyme end
    return a.strand > b.strand
  end)
  return found
end

-- Sites { enzyme, strand, first, last, cut, other_cut } by position. `cut` is the base behind which this strand is cut,
-- `other_cut` the other one; nil beyond the ends. Only unambiguous bases match.
function restriction.restriction_sites(sequence, enzymes, options)
  local letters = check.sequence(sequence, "sequence")
  local list = list_of(enzymes)
  options = check.options(options, { circular = false })
  return sites(letters, list, options.circular)
end

-- Fragments { first, last, length } of this strand, in order. Round a circle the last one passes the end.
function restriction.digest(sequence, enzymes, options)
  local letters = check.sequence(sequence, "sequence")
  local list = list_of(enzymes)
  options = check.options(options, { circular = false })
  local length, cuts, seen = #letters, {}, {}
  for _, site in ipairs(sites(letters, list, options.circular)) do
    if site.cut and not seen[site.cut] then
      seen[site.cut] = true
      cuts[#cuts + 1] = site.cut
    end
  end
  table.sort(cuts)
  if length == 0 then return {} end
  if #cuts == 0 then return { { first = 1, last = length, length = length } } end
  local fragments = {}
  local first = options.circular and cuts[#cuts] + 1 or 1
  if not options.circular then cuts[#cuts + 1] = length end
  for _, cut in ipairs(cuts) do
    local size = (cut - first) % length + 1
    fragments[#fragments + 1] = { first = (first - 1) % length + 1, last = cut, length = size }
    first = cut + 1
  end
  if options.circular then table.insert(fragments, table.remove(fragments, 1)) end
  return fragments
end

return restriction
