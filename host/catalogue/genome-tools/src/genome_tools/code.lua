-- The genetic codes, as NCBI numbers them, and translation.
local bio_utils = require "bio_utils"
local check = require "genome_tools.check"

local code = {}

-- Names, amino acids and the part of each codon in the order TTT, TTC, TTA, TTG, TCT ... GGG: M begins, * ends. A codon
-- with an amino acid and a * can be both. The figures are NCBI's, as Bio.Data.CodonTable of Biopython 1.88 has them; the
-- numbers that are missing are missing there.
local CODES = {
  [1] = { "Standard",
    "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "---M------**--*----M---------------M----------------------------" },
  [2] = { "Vertebrate Mitochondrial",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG",
    "----------**--------------------MMMM----------**---M------------" },
  [3] = { "Yeast Mitochondrial",
    "FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------**----------------------MM---------------M------------" },
  [4] = { "Mold Mitochondrial", "Protozoan Mitochondrial", "Coelenterate Mitochondrial", "Mycoplasma", "Spiroplasma",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "--MM------**-------M------------MMMM---------------M------------" },
  [5] = { "Invertebrate Mitochondrial",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG",
    "---M------**--------------------MMMM---------------M------------" },
  [6] = { "Ciliate Nuclear", "Dasycladacean Nuclear", "Hexamita Nuclear",
    "FFLLSSSSYYQQCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "--------------*--------------------M----------------------------" },
  [9] = { "Echinoderm Mitochondrial", "Flatworm Mitochondrial",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
    "----------**-----------------------M---------------M------------" },
  [10] = { "Euplotid Nuclear",
    "FFLLSSSSYY**CCCWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------**-----------------------M----------------------------" },
  [11] = { "Bacterial", "Archaeal", "Plant Plastid",
    "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "---M------**--*----M------------MMMM---------------M------------" },
  [12] = { "Alternative Yeast Nuclear",
    "FFLLSSSSYY**CC*WLLLSPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------**--*----M---------------M----------------------------" },
  [13] = { "Ascidian Mitochondrial",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSGGVVVVAAAADDEEGGGG",
    "---M------**----------------------MM---------------M------------" },
  [14] = { "Alternative Flatworm Mitochondrial",
    "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
    "-----------*-----------------------M----------------------------" },
  [15] = { "Blepharisma Macronuclear",
    "FFLLSSSSYY*QCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------*---*--------------------M----------------------------" },
  [16] = { "Chlorophycean Mitochondrial",
    "FFLLSSSSYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------*---*--------------------M----------------------------" },
  [21] = { "Trematode Mitochondrial",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNNKSSSSVVVVAAAADDEEGGGG",
    "----------**-----------------------M---------------M------------" },
  [22] = { "Scenedesmus obliquus Mitochondrial",
    "FFLLSS*SYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "------*---*---*--------------------M----------------------------" },
  [23] = { "Thraustochytrium Mitochondrial",
    "FF*LSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "--*-------**--*-----------------M--M---------------M------------" },
  [24] = { "Pterobranchia Mitochondrial",
    "FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
    "---M------**-------M---------------M---------------M------------" },
  [25] = { "Candidate Division SR1", "Gracilibacteria",
    "FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "---M------**-----------------------M---------------M------------" },
  [26] = { "Pachysolen tannophilus Nuclear",
    "FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------**--*----M---------------M----------------------------" },
  [27] = { "Karyorelict Nuclear",
    "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "--------------*--------------------M----------------------------" },
  [28] = { "Condylostoma Nuclear",
    "FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------**--*--------------------M----------------------------" },
  [29] = { "Mesodinium Nuclear",
    "FFLLSSSSYYYYCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "--------------*--------------------M----------------------------" },
  [30] = { "Peritrich Nuclear",
    "FFLLSSSSYYEECC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "--------------*--------------------M----------------------------" },
  [31] = { "Blastocrithidia Nuclear",
    "FFLLSSSSYYEECCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "----------**-----------------------M----------------------------" },
  [32] = { "Balanophoraceae Plastid",
    "FFLLSSSSYY*WCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
    "---M------*---*----M------------MMMM---------------M------------" },
  [33] = { "Cephalodiscidae Mitochondrial",
    "FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG",
    "---M-------*-------M---------------M---------------M------------" },
}

local BASES = { "T", "C", "A", "G" }
local CODONS = {}
for _, first in ipairs(BASES) do
  for _, second in ipairs(BASES) do
    for _, third in ipairs(BASES) do CODONS[#CODONS + 1] = first .. second .. third end
  end
end

-- Amino acids that have a letter for either of two.
local EITHER = { DN = "B", EQ = "Z", IL = "J" }

-- What the codons that an ambiguous one stands for have in common.
local function of_ambiguous(amino, codon)
  local found, all = {}, {}
  for _, first in utf8.codes(bio_utils.bases(codon:sub(1, 1))) do
    for _, second in utf8.codes(bio_utils.bases(codon:sub(2, 2))) do
      for _, third in utf8.codes(bio_utils.bases(codon:sub(3, 3))) do
        local letter = amino[string.char(first, second, third)]
        if not found[letter] then
          found[letter] = true
          all[#all + 1] = letter
        end
      end
    end
  end
  table.sort(all)
  local letters = table.concat(all)
  return #all == 1 and letters or EITHER[letters] or "X"
end

local made = {}

local function make(id)
  local row = CODES[id]
  local starts, amino_acids = row[#row], row[#row - 1]
  local names, amino, begins, ends = table.move(row, 1, #row - 2, 1, {}), {}, {}, {}
  for i, codon in ipairs(CODONS) do
    amino[codon] = amino_acids:sub(i, i)
    begins[codon] = starts:sub(i, i) == "M" or nil
    ends[codon] = starts:sub(i, i) == "*" or nil
  end
  amino["---"] = "-"
  setmetatable(amino, { __index = function(known, codon)
    local letter = codon:find("-", 1, true) and "X" or of_ambiguous(known, codon)
    known[codon] = letter -- of 15 codes there are 3375 codons: the table stays small
    return letter
  end })
  return { id = id, names = names, amino = amino, starts = begins, stops = ends }
end

local function id_of(name)
  if math.type(name) and math.tointeger(name) then return math.tointeger(name) end
  if type(name) ~= "string" then return nil end
  for id, row in pairs(CODES) do
    for i = 1, #row - 2 do
      if row[i]:lower() == name:lower() then return id end
    end
  end
end

-- For the other files of the package, which must not change it.
function code.find(name, level)
  local id = id_of(name)
  if not CODES[id] then
    check.fail("code", "the number or a name of an NCBI genetic code", name, (level or 3) + 1)
  end
  made[id] = made[id] or make(id)
  return made[id]
end

local function sorted(set)
  local list = {}
  for item in pairs(set) do list[#list + 1] = item end
  table.sort(list)
  return list
end

-- A copy: `id`, `names`, `amino` (by codon, * for stops), `starts`, `stops` (lists).
function code.genetic_code(name)
  local found, amino = code.find(name), {}
  for _, codon in ipairs(CODONS) do amino[codon] = found.amino[codon] end
  return {
    id = found.id, names = table.move(found.names, 1, #found.names, 1, {}), amino = amino,
    starts = sorted(found.starts), stops = sorted(found.stops),
  }
end

function code.genetic_codes()
  return sorted(CODES)
end

local function translated_gene(letters, genetic)
  local function refuse(format, ...) error(("argument `sequence`: " .. format):format(...), 4) end
  if #letters % 3 ~= 0 then refuse("a coding sequence has three letters to a codon, this one has %d", #letters) end
  local first, last = letters:sub(1, 3), letters:sub(-3)
  if not genetic.starts[first] then refuse("it does not begin with a start codon of code %d, but %q", genetic.id, first) end
  if not genetic.stops[last] then refuse("it does not end with a stop codon of code %d, but %q", genetic.id, last) end
  local protein = letters:sub(4, -4):gsub("...", genetic.amino)
  local at = protein:find("*", 1, true)
  if at then refuse("a stop codon at position %d, within it", 3 * at + 1) end
  return "M" .. protein
end

-- The protein, and how many letters at the end make no codon.
function code.translate(sequence, options)
  local letters = check.sequence(sequence, "sequence")
  options = check.options(options, { code = 1, frame = 1, to_stop = false, gene = false })
  local genetic = code.find(options.code)
  if options.gene then
    if options.frame ~= 1 or options.to_stop then error("argument `gene`: leaves no room for `frame` and `to_stop`", 2) end
    return translated_gene(letters, genetic), 0
  end
  local frame = check.integer(options.frame, "frame", -3, 3)
  if frame == 0 then check.fail("frame", "1 to 3, or -1 to -3 for the other strand", frame) end
  if frame < 0 then letters = bio_utils.reverse_complement(letters) end
  letters = letters:sub(math.abs(frame))
  local over = #letters % 3
  local protein = letters:sub(1, #letters - over):gsub("...", genetic.amino)
  if options.to_stop then protein = protein:match "^[^*]*" end
  return protein, over
end

return code
