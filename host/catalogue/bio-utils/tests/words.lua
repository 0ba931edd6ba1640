-- k-mers, motifs, distances.
local bio = require "bio_utils"

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function shown(counts)
  local words = {}
  for word, count in pairs(counts) do words[#words + 1] = word .. "=" .. count end
  table.sort(words)
  return table.concat(words, " ")
end

local function all(iterator)
  local found = {}
  for at in iterator do found[#found + 1] = at end
  return table.concat(found, " ")
end

local counts, counted = bio.count_kmers("ACGTNacg", 3)
assert(shown(counts) == "ACG=2 CGT=1" and counted == 3)
counts = bio.count_kmers("ACGTNACG", 3, { canonical = true })
assert(shown(counts) == "ACG=3")
assert(shown(bio.count_kmers("ACGU", 1)) == "A=1 C=1 G=1 T=1")
assert(shown(bio.count_kmers("ACG", 4)) == "" and shown(bio.count_kmers("", 1)) == "")
assert(shown(bio.kmer_spectrum { A = 1, B = 1, C = 3 }) == "1=2 3=1")

-- Against the plain way of counting, for every k that fits.
local sequence = ("GATTACACCGTN"):rep(9) .. "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT"
for k = 1, 31 do
  for _, canonical in ipairs { false, true } do
    local expected, number = {}, 0
    for _, word in bio.kmers(sequence, k) do
      if not word:find "N" then
        local name = canonical and bio.canonical(word) or word
        expected[name] = (expected[name] or 0) + 1
        number = number + 1
      end
    end
    local got, total = bio.count_kmers(sequence, k, { canonical = canonical })
    assert(shown(got) == shown(expected) and total == number, k)
  end
end
assert(bio.canonical "ttt" == "AAA" and bio.canonical "ACGT" == "ACGT")
fails("argument `k`: expected an integer from 1 to 31, got 32", bio.count_kmers, "ACGT", 32)
fails("more than 3 different k-mers; set `most`", bio.count_kmers, "ACGTAA", 2, { most = 3 })
assert(bio.count_kmers("ACGT", 2, { most = 3 }))

assert(all(bio.find_motif("GAATTCGAATTCAA", "RAATTY")) == "1 7")
assert(all(bio.find_motif("AAAA", "AA")) == "1 2 3")
assert(all(bio.find_motif("acgu", "GT")) == "3")
assert(all(bio.find_motif("CCTTTGG", "AAAGG", -1)) == "1" and all(bio.find_motif("CCTTTGG", "AAAGG")) == "")
assert(all(bio.find_motif("ACGTN", "N")) == "1 2 3 4", "an N of the sequence is no base")
assert(bio.motif_pattern "GTYRAC" == "G[TU][CTU][AG]AC", bio.motif_pattern "GTYRAC")
fails("argument `motif`: \"%\" at position 1", bio.find_motif, "ACGT", "%a")
fails("argument `motif`: expected at least one letter", bio.find_motif, "ACGT", "")

assert(bio.hamming_distance("", "") == 0 and bio.hamming_distance("GATTACA", "GACTATA") == 2)
local long = ("ACGT"):rep(50)
assert(bio.hamming_distance(long, long) == 0 and bio.hamming_distance(long, long:gsub("A", "C", 7)) == 7)
fails("expected sequences of one length, got 1 and 2", bio.hamming_distance, "A", "AC")
assert(bio.edit_distance("kitten", "sitting") == 3 and bio.edit_distance("", "abc") == 3)
assert(bio.edit_distance("kitten", "sitting", 3) == 3 and bio.edit_distance("kitten", "sitting", 2) == nil)
assert(bio.edit_distance("A", "AAAA", 2) == nil and bio.edit_distance("same", "same", 0) == 0)
fails("argument `b`: expected a sequence, got nil", bio.edit_distance, "A")
