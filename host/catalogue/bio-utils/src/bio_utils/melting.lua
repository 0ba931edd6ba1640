local check = require "bio_utils.check"
local composition = require "bio_utils.composition"
local strand = require "bio_utils.strand"

local melting = {}

local log, sqrt = math.log, math.sqrt
local GAS_CONSTANT = 1.987 -- cal / (mol K)
local ZERO = 273.15 -- degrees Celsius in kelvin

-- Enthalpy (kcal/mol) and entropy (cal/(mol K)) of two neighbouring pairs, by the two letters of either strand from
-- 5' to 3', and of the ends. From the publication that each is named after.
local TABLES = {
  -- Breslauer et al., PNAS 83: 3746
  breslauer1986 = {
    AA = { -9.1, -24.0 }, AT = { -8.6, -23.9 }, TA = { -6.0, -16.9 }, CA = { -5.8, -12.9 }, GT = { -6.5, -17.3 },
    CT = { -7.8, -20.8 }, GA = { -5.6, -13.5 }, CG = { -11.9, -27.8 }, GC = { -11.1, -26.7 }, GG = { -11.0, -26.6 },
    any_gc = { 0, -16.8 }, no_gc = { 0, -20.1 }, symmetry = { 0, -1.3 },
  },
  -- Sugimoto et al., Nucleic Acids Research 24: 4501
  sugimoto1996 = {
    AA = { -8.0, -21.9 }, AT = { -5.6, -15.2 }, TA = { -6.6, -18.4 }, CA = { -8.2, -21.0 }, GT = { -9.4, -25.5 },
    CT = { -6.6, -16.4 }, GA = { -8.8, -23.5 }, CG = { -11.8, -29.0 }, GC = { -10.5, -26.4 }, GG = { -10.9, -28.4 },
    start = { 0.6, -9.0 }, symmetry = { 0, -1.4 },
  },
  -- SantaLucia, PNAS 95: 1460: the unified parameters, first in Allawi and SantaLucia, Biochemistry 36: 10581 (1997)
  santalucia1998 = {
    AA = { -7.9, -22.2 }, AT = { -7.2, -20.4 }, TA = { -7.2, -21.3 }, CA = { -8.5, -22.7 }, GT = { -8.4, -22.4 },
    CT = { -7.8, -21.0 }, GA = { -8.2, -22.2 }, CG = { -10.6, -27.2 }, GC = { -9.8, -24.4 }, GG = { -8.0, -19.9 },
    end_at = { 2.3, 4.1 }, end_gc = { 0.1, -2.8 }, symmetry = { 0, -1.4 },
  },
  -- SantaLucia and Hicks, Annual Review of Biophysics 33: 415
  santalucia2004 = {
    AA = { -7.6, -21.3 }, AT = { -7.2, -20.4 }, TA = { -7.2, -21.3 }, CA = { -8.5, -22.7 }, GT = { -8.4, -22.4 },
    CT = { -7.8, -21.0 }, GA = { -8.2, -22.2 }, CG = { -10.6, -27.2 }, GC = { -9.8, -24.4 }, GG = { -8.0, -19.9 },
    start = { 0.2, -5.7 }, end_at = { 2.2, 6.9 }, symmetry = { 0, -1.4 },
  },
  -- Xia et al., Biochemistry 37: 14719: RNA with RNA (U is written T here)
  xia1998 = {
    AA = { -6.82, -19.0 }, AT = { -9.38, -26.7 }, TA = { -7.69, -20.5 }, CA = { -10.44, -26.9 }, GT = { -11.40, -29.5 },
    CT = { -10.48, -27.1 }, GA = { -12.44, -32.5 }, CG = { -10.64, -26.7 }, GC = { -14.88, -36.9 },
    GG = { -13.39, -32.7 }, start = { 3.61, -1.5 }, end_at = { 3.72, 10.5 }, symmetry = { 0, -1.4 },
  },
}
for _, values in pairs(TABLES) do
  -- The same neighbours read on the other strand.
  values.TT, values.TG, values.AC, values.AG, values.TC, values.CC =
    values.AA, values.CA, values.GT, values.CT, values.GA, values.GG
end
local TABLE_NAMES = { "breslauer1986", "sugimoto1996", "santalucia1998", "santalucia2004", "xia1998" }

-- Tm = base + percent * %GC - length / n, with the salt correction that belongs to it.
local FORMULAS = {
  marmur1962 = { 69.3, 0.41, 650, "none" },
  quikchange = { 81.5, 0.41, 675, "none" },
  schildkraut1965 = { 81.5, 0.41, 675, "schildkraut1965" },
  wetmur1991 = { 81.5, 0.41, 500, "wetmur1991" },
  wetmur1991_rna = { 78.0, 0.7, 500, "wetmur1991" },
  wetmur1991_hybrid = { 67.0, 0.8, 500, "wetmur1991" },
  primer3 = { 81.5, 0.41, 600, "schildkraut1965" },
  vonahsen2001 = { 77.1, 0.41, 528, "santalucia1998" },
}
local FORMULA_NAMES = {
  "marmur1962", "quikchange", "schildkraut1965", "wetmur1991", "wetmur1991_rna", "wetmur1991_hybrid", "primer3",
  "vonahsen2001",
}

-- Ions in mol/l. The equivalent of magnesium in sodium: von Ahsen et al., Clinical Chemistry 47: 1956 (2001).
local function monovalent(ions) return (ions.sodium + ions.potassium + ions.tris / 2) * 1e-3 end

local function sodium_equivalent(ions)
  local free = ions.magnesium - ions.dntps
  return monovalent(ions) + (free > 0 and 120 * sqrt(free) * 1e-3 or 0)
end

local function log10(x) return log(x, 10) end

-- Owczarzy et al., Biochemistry 43: 3537 (2004): a correction of 1/Tm for sodium.
local function owczarzy_sodium(gc, ions)
  local salt = log(ions)
  return (4.29 * gc - 3.95) * 1e-5 * salt + 9.40e-6 * salt * salt
end

-- Owczarzy et al., Biochemistry 47: 5336 (2008): the same for magnesium beside monovalent ions.
local function owczarzy_magnesium(gc, n, ions)
  local a, d, g = 3.92, 1.42, 8.31
  local magnesium, dntps, salt = ions.magnesium * 1e-3, ions.dntps * 1e-3, monovalent(ions)
  if dntps > 0 then
    local bound = 3e4 -- association of magnesium with a dNTP, per mol/l
    local part = bound * dntps - bound * magnesium + 1
    magnesium = (sqrt(part * part + 4 * bound * magnesium) - part) / (2 * bound)
  end
  if salt > 0 then
    local ratio, ln = sqrt(magnesium) / salt, log(salt)
    if ratio < 0.22 then return owczarzy_sodium(gc, salt) end
    if ratio < 6 then
      a = a * (0.843 - 0.352 * sqrt(salt) * ln)
      d = d * (1.279 - 4.03e-3 * ln - 8.03e-3 * ln * ln)
      g = g * (0.486 - 0.258 * ln + 5.25e-3 * ln * ln * ln)
    end
  end
  local ln = log(magnesium)
  return (a - 0.911 * ln + gc * (6.26 + d * ln) + (-48.2 + 52.5 * ln + g * ln * ln) / (2 * (n - 1))) * 1e-5
end

-- What each correction changes: the temperature, its inverse, or the entropy.
local SALTS = {
  none = { "temperature", function() return 0 end },
  schildkraut1965 = { "temperature", function(ions) return 16.6 * log10(sodium_equivalent(ions)) end },
  wetmur1991 = { "temperature", function(ions)
    local salt = sodium_equivalent(ions)
    return 16.6 * log10(salt / (1 + 0.7 * salt))
  end },
  santalucia1996 = { "temperature", function(ions) return 12.5 * log10(sodium_equivalent(ions)) end },
  santalucia1998 = { "temperature", function(ions) return 11.7 * log10(sodium_equivalent(ions)) end },
  santalucia1998_entropy = { "entropy", function(ions, _, n) return 0.368 * (n - 1) * log(sodium_equivalent(ions)) end },
  owczarzy2004 = { "inverse", function(ions, gc) return owczarzy_sodium(gc, sodium_equivalent(ions)) end },
  owczarzy2008 = { "inverse", function(ions, gc, n) return owczarzy_magnesium(gc, n, ions) end },
}
local SALT_NAMES = {
  "none", "schildkraut1965", "wetmur1991", "santalucia1996", "santalucia1998", "santalucia1998_entropy", "owczarzy2004",
  "owczarzy2008",
}

local METHODS = { "nearest_neighbor", "gc", "wallace" }
local DEFAULTS = {
  method = "nearest_neighbor", parameters = "santalucia1998", salt = "santalucia1998_entropy", formula = "primer3",
  strand = 25, other_strand = 25, sodium = 50, potassium = 0, tris = 0, magnesium = 0, dntps = 0,
}

local function wallace(sequence)
  local counts = composition.composition(sequence)
  return 2 * ((counts.A or 0) + (counts.T or 0)) + 4 * ((counts.G or 0) + (counts.C or 0))
end

local function by_gc(sequence, options)
  local base, percent, length, salt = table.unpack(FORMULAS[options.formula])
  local gc = composition.gc_content(sequence)
  return base + percent * 100 * gc - length / #sequence + SALTS[salt][2](options)
end

local function add(energy, term, times)
  if not term then return end
  energy.enthalpy = energy.enthalpy + term[1] * (times or 1)
  energy.entropy = energy.entropy + term[2] * (times or 1)
end

local function duplex(sequence, values, symmetric)
  local energy = { enthalpy = 0.0, entropy = 0.0 }
  add(energy, values.start)
  add(energy, sequence:find "[GC]" and values.any_gc or values.no_gc)
  local _, weak_ends = (sequence:sub(1, 1) .. sequence:sub(-1)):gsub("[AT]", "")
  add(energy, values.end_at, weak_ends)
  add(energy, values.end_gc, 2 - weak_ends)
  for i = 1, #sequence - 1 do add(energy, values[sequence:sub(i, i + 1)]) end
  if symmetric then add(energy, values.symmetry) end
  return energy
end

local function nearest_neighbor(sequence, options)
  local symmetric = sequence == strand.reverse_complement(sequence)
  local energy = duplex(sequence, TABLES[options.parameters], symmetric)
  local applies, correction = table.unpack(SALTS[options.salt])
  correction = correction(options, composition.gc_content(sequence), #sequence)
  if applies == "entropy" then energy.entropy = energy.entropy + correction end
  local strands = (symmetric and options.strand or options.strand - options.other_strand / 2) * 1e-9
  local kelvin = 1000 * energy.enthalpy / (energy.entropy + GAS_CONSTANT * log(strands))
  if applies == "inverse" then kelvin = 1 / (1 / kelvin + correction) end
  return kelvin - ZERO + (applies == "temperature" and correction or 0)
end

local function check_amounts(options)
  for _, name in ipairs { "strand", "other_strand", "sodium", "potassium", "tris", "magnesium", "dntps" } do
    local value = options[name]
    if not (value >= 0 and value < math.huge) then check.fail(name, "an amount from 0 up", value, 4) end
  end
  if options.strand - options.other_strand / 2 <= 0 then
    check.fail("strand", "more than half of `other_strand`", options.strand, 4)
  end
  local magnesium_only = options.method == "nearest_neighbor" and options.salt == "owczarzy2008"
    and options.magnesium > 0
  if sodium_equivalent(options) <= 0 and not magnesium_only then
    check.fail("sodium", "some salt: a melting temperature without ions is not defined", options.sodium, 4)
  end
end

-- In degrees Celsius, of a perfectly matched duplex.
function melting.melting_temperature(sequence, options)
  check.sequence(sequence, "sequence", "ACGTU", "`dna` or `rna`")
  options = check.options(options, DEFAULTS)
  check.choice(options.method, "method", METHODS)
  check.choice(options.parameters, "parameters", TABLE_NAMES)
  check.choice(options.salt, "salt", SALT_NAMES)
  check.choice(options.formula, "formula", FORMULA_NAMES)
  check_amounts(options)
  if #sequence < 2 then check.fail("sequence", "at least two letters", sequence) end
  local upper = sequence:upper():gsub("U", "T")
  if options.method == "wallace" then return wallace(upper) end
  if options.method == "gc" then return by_gc(upper, options) end
  return nearest_neighbor(upper, options)
end

return melting
