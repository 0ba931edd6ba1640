-- The plasmid's frames are those of examples/data/NC_005816.expected.json, which Biopython 1.88 found.
local genome = require "genome_tools"
local data = ...

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function shown(sequence, options)
  local list = {}
  for i, found in ipairs(genome.orfs(sequence, options)) do
    list[i] = ("%d..%d/%d%s%s"):format(found.first, found.last, found.frame, found.open_start and "<" or "", found.open_end and ">" or "")
  end
  return table.concat(list, " ")
end

local file <close> = assert(io.open(data .. "/NC_005816.fna"))
file:read "l"
local plasmid = file:read "a":gsub("%s", "")
local longest = {}
for _, found in ipairs(genome.orfs(plasmid, { minimum = 3 })) do
  local best = longest[found.frame]
  if not best or found.length > best.length then longest[found.frame] = found end
  local protein = genome.translate(genome.orf_sequence(plasmid, found), { gene = true })
  assert(#protein == found.length // 3 - 1)
end
for frame, expected in pairs {
  [1] = { 6664, 7602, 312 }, [2] = { 1109, 1888, 259 }, [3] = { 87, 1109, 340 },
  [-1] = { 7789, 8088, 99 }, [-2] = { 4815, 5888, 357 }, [-3] = { 5975, 6265, 96 },
} do
  local found = longest[frame]
  assert(found.first == expected[1] and found.last == expected[2] and found.length // 3 - 1 == expected[3], frame)
  assert(found.strand == (frame > 0 and 1 or -1))
end

local s = "CCATGAAAATGTAACC"
assert(shown(s, { minimum = 3 }) == "3..14/3", "of two starts the first")
assert(shown(s) == "", "90 nucleotides, if nothing is said")
assert(shown(s, { minimum = 12 }) == "3..14/3" and shown(s, { minimum = 13 }) == "")
assert(shown("GGTTACATTTTCATGG", { minimum = 3 }) == "3..14/-3")
assert(shown("GGTTACATTTTCATGG", { minimum = 3, strands = "forward" }) == "")
assert(shown("augaaauaa", { minimum = 3 }) == "1..9/1")
assert(shown("TTGAAATAA", { minimum = 3 }) == "" and shown("TTGAAATAA", { minimum = 3, starts = "code" }) == "1..9/1")
assert(shown("GTGAAATAA", { minimum = 3, starts = "code", strands = "forward" }) == "")
assert(shown("GTGAAATAA", { minimum = 3, starts = "code", strands = "forward", code = 11 }) == "1..9/1")
assert(shown("CCCTAAGGGTGAC", { minimum = 3, starts = "any", strands = "forward" }) == "1..6/1 7..12/1")
assert(shown("ATGNNNTAA", { minimum = 3, strands = "forward" }) == "1..9/1", "an N is no stop")

-- Ends of the sequence, where it is a part of something longer.
assert(shown("GGGTAAATGCCC", { minimum = 3, strands = "forward", partial = true })
  == "1..6/1< 2..10/2<> 3..11/3<> 7..12/1>", shown("GGGTAAATGCCC", { minimum = 3, strands = "forward", partial = true }))
fails("argument `partial`: a circle has no ends", genome.orfs, s, { partial = true, circular = true })

-- Round a circle: wherever it is cut open, the same frames with the same letters.
local function frames_of(sequence)
  local list = {}
  for i, found in ipairs(genome.orfs(sequence, { circular = true, minimum = 60 })) do
    list[i] = genome.orf_sequence(sequence, found)
    assert(#list[i] == found.length and list[i]:find "^ATG" and #list[i] % 3 == 0)
  end
  table.sort(list)
  return #list, table.concat(list, " ")
end
local part = plasmid:sub(1, 2000)
local count, whole = frames_of(part)
assert(count > 5)
for _, cut in ipairs { 1, 2, 3, 500, 901, 1400, 1999 } do
  local other_count, other = frames_of(part:sub(cut + 1) .. part:sub(1, cut))
  assert(other_count == count and other == whole, cut)
end
local circle = genome.orfs("AAATAACCCATG", { circular = true, minimum = 3, strands = "forward" })
assert(#circle == 1 and circle[1].first == 10 and circle[1].last == 6 and circle[1].length == 9)
assert(#genome.orfs("ATGAAACCC", { circular = true, minimum = 3 }) == 0, "open all round")
assert(#genome.orfs("", { circular = true }) == 0 and #genome.orfs("") == 0 and #genome.orfs("A") == 0)

fails("argument `minimum`: expected an integer from 3 up", genome.orfs, s, { minimum = 2 })
fails("argument `starts`: expected one of `ATG`, `code`, `any`, got \"GTG\"", genome.orfs, s, { starts = "GTG" })
fails("argument `strands`: expected one of", genome.orfs, s, { strands = "all" })
fails("argument `sequence`: \"E\" at position 2", genome.orfs, "MEEP")
fails("argument `orf.first`", genome.orf_sequence, s, { first = 0, last = 2 })
