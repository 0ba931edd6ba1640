local check = require "bio_utils.check"
local strand = require "bio_utils.strand"

local kmer = {}

local byte = string.byte
local MOST_K = 31 -- two bits a base in an integer that stays positive
local MOST_DISTINCT = 250000 -- about 40 MB while they are counted: a VM has 64 if nothing else is said

local CODE = {}
for code, letters in ipairs { "Aa", "Cc", "Gg", "TtUu" } do
  for letter in letters:gmatch "." do CODE[byte(letter)] = code - 1 end
end

-- The numbers of all k-mers to a function, from left to right; those with another letter are left out.
local function each(sequence, k, canonical, visit)
  local mask, shift = (1 << 2 * k) - 1, 2 * (k - 1)
  local forward, reverse, run, counted = 0, 0, 0, 0
  for i = 1, #sequence do
    local code = CODE[byte(sequence, i)]
    if code then
      forward = (forward << 2 | code) & mask
      reverse = reverse >> 2 | (3 - code) << shift
      run = run + 1
      if run >= k then
        counted = counted + 1
        visit(canonical and reverse < forward and reverse or forward)
      end
    else
      run = 0
    end
  end
  return counted
end

local LETTERS = { [0] = "A", "C", "G", "T" }

local function text_of(number, k)
  local letters = {}
  for i = k, 1, -1 do
    letters[i] = LETTERS[number & 3]
    number = number >> 2
  end
  return table.concat(letters)
end

-- How often each k-mer occurs, and how many were counted. `canonical`: a k-mer and its reverse complement
-- are one, named by the one that comes first. `most`: the ceiling on different ones.
function kmer.count_kmers(sequence, k, options)
  check.sequence(sequence, "sequence")
  k = check.integer(k, "k", 1, MOST_K)
  options = check.options(options, { canonical = false, most = MOST_DISTINCT })
  local counts, distinct = {}, 0
  local counted = each(sequence, k, options.canonical, function(number)
    local count = counts[number]
    if not count then
      distinct = distinct + 1
      if distinct > options.most then
        error(("more than %d different k-mers; set `most`, or count a part at a time"):format(options.most), 4)
      end
    end
    counts[number] = (count or 0) + 1
  end)
  local named = {}
  for number, count in pairs(counts) do
    counts[number] = nil -- so that both tables together are about one
    named[text_of(number, k)] = count
  end
  return named, counted
end

-- How many k-mers occur once, twice, ...: a table by multiplicity.
function kmer.kmer_spectrum(counts)
  if type(counts) ~= "table" then check.fail("counts", "a table of counts", counts) end
  local spectrum = {}
  for _, count in pairs(counts) do spectrum[count] = (spectrum[count] or 0) + 1 end
  return spectrum
end

-- Of a sequence and its reverse complement the one that comes first.
function kmer.canonical(sequence)
  local upper = type(sequence) == "string" and sequence:upper() or sequence
  check.sequence(upper, "sequence", "ACGTRYSWKMBDHVN", "`dna_iupac`")
  local other = strand.reverse_complement(upper)
  return other < upper and other or upper
end

-- Positions and k-mers from left to right, whatever their letters.
function kmer.kmers(sequence, k)
  check.sequence(sequence, "sequence")
  k = check.integer(k, "k", 1, math.maxinteger)
  local at = 0
  return function()
    at = at + 1
    if at + k - 1 > #sequence then return nil end
    return at, sequence:sub(at, at + k - 1)
  end
end

return kmer
