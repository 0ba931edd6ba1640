-- Solexa scores as Phred: Bio.SeqIO.QualityIO of Biopython 1.88.
local parser = require "sequence_parser"
local _, work = ...

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function records(text, options)
  local list = {}
  for record in parser.fastq(parser.text(text), options) do list[#list + 1] = record end
  return list
end

local list = records "@one first\nACGT\n+\n!~I5\n\n@two\nAC\nGT\n+two\n@I\n@I\n@three\n\n+\n\n"
assert(#list == 3 and list[1].id == "one" and list[1].description == "first" and list[1].quality == "!~I5")
assert(list[2].sequence == "ACGT" and list[2].quality == "@I@I" and list[2].line == 6, "a quality line may begin with @")
assert(list[3].sequence == "" and list[3].quality == "" and list[3].id == "three")
assert(#records "" == 0 and #records "\n\n" == 0)
assert(records("@a b\r\nAC\r\n+a b\r\nII\r\n")[1].quality == "II")
assert(records("@a\nAC\n+\nII")[1].quality == "II")

local function refuses(text, expected, options) fails(expected, records, text, options) end
refuses("ACGT\n", "text, line 1: expected a line that begins with `@`")
refuses(">a\nACGT\n", "text, line 1: expected a line that begins with `@`")
refuses("@\nACGT\n+\nIIII\n", "text, line 1: expected a name after `@`")
refuses("@a\nAC GT\n+\nIIIII\n", "text, line 2: column 3: \" \" is no letter of a sequence")
refuses("@a\nACGT\n+b\nIIII\n", "text, line 3: the line with `+` repeats another title than `a`")
refuses("@a\nACGT\n+\nII I\n", "text, line 4: column 3: \" \" is no quality")
refuses("@a\nACGT\n+\nII\127I\n", "text, line 4: column 3: \"\\127\" is no quality")
refuses("@a\nACGT\n+\nIIIII\n", "text, line 4: the record `a` has 4 letters, but 5 qualities")
refuses("@a\nACGT\n+\nII\n@b\nAC\n", "text, line 6: expected a line that begins with `@`") -- @b may be two qualities
refuses("@a\nACGT\n", "the record `a` ends before its line with `+`")
refuses("@a\nACGT\n+\n", "the record `a` ends after 0 of 4 qualities")
refuses("@a\nACGT\n+\nIII\n", "the record `a` ends after 3 of 4 qualities")
refuses("@a\nACGT\n+\nIIII\nIIII\n", "text, line 5: expected a line that begins with `@`")
refuses("@a\nACG\nTA\n+\nIIIII\n", "more than 4 letters; set `most`", { most = 4 })
refuses("@a\nA\n+\n!\n", "\"!\" is no quality in this encoding", { encoding = "illumina" })
fails("argument `encoding`: expected one of `illumina`, `sanger`, `solexa`, got \"old\"", parser.fastq, parser.text "", { encoding = "old" })

-- Older encodings become Sanger's.
assert(records("@a\nACGT\n+\n@h~B\n", { encoding = "illumina" })[1].quality == "!I_#")
local solexa = records("@a\n" .. ("A"):rep(16) .. "\n+\n;<=>?@ABCDEFGHIh\n", { encoding = "solexa" })[1]
assert(table.concat(parser.qualities(solexa), " ") == "1 1 2 2 3 3 4 4 5 5 6 7 8 9 10 40", table.concat(parser.qualities(solexa), " "))

assert(table.concat(parser.qualities "!5I~", " ") == "0 20 40 93")
assert(parser.quality_text { 0, 20, 40, 93 } == "!5I~")
assert(math.abs(parser.expected_errors "!5I" - 1.0101) < 1e-12 and parser.expected_errors "" == 0)
fails("argument `quality`: \" \" at position 1 is no quality", parser.qualities, " ")
fails("argument `quality`: expected a record or its qualities, got nil", parser.qualities)
fails("argument `scores[2]`: expected an integer from 0 to 93, got 94", parser.quality_text, { 1, 94 })

local target = work .. "/out.fastq"
assert(parser.write_fastq(target, list) == 3)
local again = {}
for record in parser.fastq(target) do again[#again + 1] = record end
assert(#again == 3 and again[1].description == "first" and again[2].quality == "@I@I")
assert(parser.fastq_text(list[1]) == "@one first\nACGT\n+\n!~I5\n")
fails("4 letters, but 3 qualities", parser.fastq_text, { id = "a", sequence = "ACGT", quality = "III" })
fails("argument `record.quality`: \"\\\n\" at position 1", parser.fastq_text, { id = "a", sequence = "A", quality = "\n" })
