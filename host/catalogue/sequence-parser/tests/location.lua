-- The forms of the feature table definition, 3.4.3; positions as Bio.SeqIO of Biopython 1.88 reads them (there they
-- count from 0 and the end is not included).
local parser = require "sequence_parser"

local function shown(text, length, circular)
  local location, message = parser.location(text, length, circular)
  if not location then return message end
  local parts = {}
  for i, part in ipairs(location.parts) do
    parts[i] = ("%s%s%d%s%s%d%s"):format(part.accession and part.accession .. ":" or "", part.first_mark or "", part.first,
      part.between and "^" or "..", part.last_mark or "", part.last, part.strand < 0 and "-" or "+")
  end
  return (location.operator and location.operator .. " " or "") .. table.concat(parts, " ")
end

local function check(text, expected, length, circular)
  local got = shown(text, length, circular)
  if got ~= expected then error(("%s: expected %q, got %q"):format(text, expected, got), 2) end
end

check("467", "467..467+")
check("340..565", "340..565+")
check("<345..500", "<345..500+")
check("<1..888", "<1..888+")
check("1..>888", "1..>888+")
check("<1..>888", "<1..>888+")
check(">888", ">888..888+")
check("102.110", "102..110+")
check("(102.110)", "102..110+")
check("(23.45)..600", "23..600+")
check("(122.133)..(204.221)", "122..221+")
check("123^124", "123^124+")
check("one-of(10,20,30)..100", "10..100+")
check("5..one-of(100,110)", "5..110+")
check("join(12..78,134..202)", "join 12..78+ 134..202+")
check("join( 12..78,\n 134..202 )", "join 12..78+ 134..202+")
check("order(1..5,9..10)", "order 1..5+ 9..10+")
check("bond(12,63)", "bond 12..12+ 63..63+")
check("complement(34..126)", "34..126-")
check("complement(join(2691..4571,4918..5163))", "join 4918..5163- 2691..4571-")
check("join(complement(4918..5163),complement(2691..4571))", "join 4918..5163- 2691..4571-")
check("join(1..5,complement(7..9))", "join 1..5+ 7..9-")
check("complement(<1..>888)", "<1..>888-")
check("J00194.1:100..202", "J00194.1:100..202+")
check("join(1..100,J00194.1:100..202)", "join 1..100+ J00194.1:100..202+")
check("complement(complement(1..2))", "1..2+")
check("join(1..2,join(3..4,complement(join(5..6,7..8))))", "join 1..2+ 3..4+ 7..8- 5..6-")

-- With the record's length; round a circle.
check("1..10", "1..10+", 10)
check("10^1", "10^1+", 10, true)
check("9..2", "9..10+ 1..2+", 10, true)
check("complement(9..2)", "1..2- 9..10-", 10, true)
check("J00194.1:100..202", "J00194.1:100..202+", 10)
local summary = parser.location "join(5..9,complement(1..2))"
assert(summary.first == 1 and summary.last == 9 and summary.strand == nil)
assert(parser.location("complement(join(1..2,5..9))").strand == -1)
local choices = parser.location("one-of(3,9)..(20.22)").parts[1]
assert(table.concat(choices.first_choices, " ") == "3 9" and table.concat(choices.last_choices, " ") == "20 22")

-- What is wrong, and where.
check("", "location ``: expected a number at character 1")
check("5..", "location `5..`: expected a number at character 4")
check("x", "location `x`: expected a number at character 1")
check("1..2x", "location `1..2x`: expected the end at character 5")
check("join(1..2", "location `join(1..2`: expected `)` at character 10")
check("join(1..2,)", "location `join(1..2,)`: expected a number at character 11")
check("merge(1..2)", "location `merge(1..2)`: `merge` is no operator")
check("5..2", "location `5..2`: 5 comes after 2")
check("5^7", "location `5^7`: 5 and 7 are not neighbours")
check("0..2", "location `0..2`: positions begin at 1")
check("1..11", "location `1..11`: 11 lies beyond the 10 letters of the record", 10)
check("99999999999999999999..2", "location `99999999999999999999..2`: the number 99999999999999999999 is too large")
check(("complement("):rep(1000), "location `" .. ("complement("):rep(1000):sub(1, 60) .. "...`: more than 16 brackets in each other")
check(("join(1,"):rep(100000), "location `" .. ("join(1,"):rep(9):sub(1, 60) .. "...`: more than 16 brackets in each other")
local ok, message = pcall(parser.location, 5)
assert(not ok and message:find("argument `text`: expected a string, got 5", 1, true))

-- Sequences of features.
local record = { sequence = "aaaccgggttn" }
local function letters(text)
  return parser.feature_sequence(record, { location = assert(parser.location(text, #record.sequence, true)) })
end
assert(letters "4..6" == "ccg" and letters "complement(4..6)" == "cgg" and letters "11" == "n")
assert(letters "join(1..2,complement(4..5))" == "aagg" and letters "complement(join(1..2,4..5))" == "ggtt")
assert(letters "10..2" == "tnaa" and letters "complement(10..2)" == "ttna" and letters "3^4" == "")
ok, message = pcall(letters, "join(1..2,J00194.1:1..2)")
assert(not ok and message:find("lies on the record `J00194.1`", 1, true))
