local parser = require "sequence_parser"
local data, work = ...

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function records(text, options)
  local list = {}
  for record in parser.fasta(parser.text(text), options) do list[#list + 1] = record end
  return list
end

local function refuses(text, expected, options)
  fails(expected, records, text, options)
end

-- Names, descriptions, lines, white space, line ends.
local list = records ">one first of two\nACGT\nacgt\n\n>two\nTT TT\r\nGG\t\r\n>three \n"
assert(#list == 3 and list[1].id == "one" and list[1].description == "first of two" and list[1].line == 1)
assert(list[1].sequence == "ACGTacgt" and list[2].sequence == "TTTTGG" and list[2].line == 5 and list[2].description == "")
assert(list[3].id == "three" and list[3].sequence == "")
assert(#records "" == 0 and #records "\n\n" == 0)
assert(records(">a\nMEEP*-.\n")[1].sequence == "MEEP*-.")
assert(records("> spaced name\nA\n")[1].id == "spaced", "a space after the sign is no name")
assert(records(">last\nAC")[1].sequence == "AC", "without a newline at the end")
assert(records(">last\r\nAC\r")[1].sequence == "AC", "with half of one")

refuses("ACGT\n", "text, line 1: expected a line that begins with `>`")
refuses(">a\nAC\n>\nAC\n", "text, line 3: expected a name after `>`")
refuses(">a\nACGT\nAC1T\n", "text, line 3: column 3: \"1\" is no letter of a sequence")
refuses(">a\nAC GT  AC\1\n", "text, line 2: column 10: \"\\1\" is no letter of a sequence")
refuses(">a\nAC\rGT\n", "text, line 2: column 3: \"\\13\" is no letter")
refuses("; comment\n>a\n", "line 1: column 1: \";\" is no letter")
refuses(">a\nAC>GT\n", "line 2: column 3: \">\"")
refuses(">a\nACGU\n", "line 2: column 4: \"U\"", { letters = "ACGT" })
refuses(">a\nACG\nT\n", "text, line 3: the record `a` has more than 3 letters; set `most`, or use `fasta_pieces`", { most = 3 })
assert(#records(">a\nACG\n>b\nACG\n", { most = 3 }) == 2)
fails("argument `input`: expected a file name, an open file or `text(...)`, got nil", parser.fasta)
fails("argument `options`: expected the names `letters`, `most`, got \"mots\"", parser.fasta, parser.text "", { mots = 1 })
fails("argument `most`: expected an integer from 1 up, got 0", parser.fasta, parser.text "", { most = 0 })
fails("no such file", function() parser.fasta(data .. "/no such file.fna") end)

-- A handle that gives so many bytes at a time: the same records, the same places of errors, however it is cut.
local function dripping(text, count)
  local at = 1
  return { read = function()
    if at > #text then return nil end
    at = at + count
    return text:sub(at - count, at - 1)
  end }
end

local function shown(input, step)
  local out = {}
  local ok, message = pcall(function()
    for a, b, c in step(input) do
      out[#out + 1] = ("%s/%s/%d/%s/%s"):format(a.id, a.description, a.line, a.sequence or b, c)
    end
  end)
  return table.concat(out, " ") .. tostring(ok or message:gsub("^%w+", "input", 1))
end

for _, text in ipairs {
  ">one a\r\nACGT\r\nAC\r\n\r\n>two\r\nGGGGGGGG\r\n", ">one\n\n\nAC\nGT\n>x\n>y\nA", ">a\nACGT\nAC\rG\n", ">a\nACGT\nACGTAC\n A C!G\n",
} do
  local function pieces(input) return parser.fasta_pieces(input, { piece = 3 }) end
  local whole, whole_pieces = shown(parser.text(text), parser.fasta), shown(parser.text(text), pieces)
  for count = 1, #text do
    assert(shown(dripping(text, count), parser.fasta) == whole, text)
    assert(shown(dripping(text, count), pieces) == whole_pieces, text)
  end
end

-- Pieces.
local function pieces_of(text, piece)
  local out = {}
  for header, letters, first in parser.fasta_pieces(parser.text(text), { piece = piece }) do
    out[#out + 1] = header.id .. first .. letters
  end
  return table.concat(out, " ")
end
assert(pieces_of(">a\nACGTAC\n>b\n>c\nACG\n", 4) == "a1ACGT a5AC b1 c1ACG")
assert(pieces_of(">a\nACGT\nACGT\n", 4) == "a1ACGT a5ACGT", "the last one is not empty")
assert(pieces_of("", 4) == "" and pieces_of(">a\n", 4) == "a1")

-- The plasmid, from its file, both ways; a loop that is left early closes it.
local path = data .. "/NC_005816.fna"
local plasmid
for record in parser.fasta(path) do plasmid = record end
assert(plasmid.id == "gi|45478711|ref|NC_005816.1|" and #plasmid.sequence == 9609)
assert(plasmid.description == "Yersinia pestis biovar Microtus str. 91001 plasmid pPCP1, complete sequence")
local parts = {}
for _, piece, first in parser.fasta_pieces(path, { piece = 1000 }) do
  assert(first == #parts * 1000 + 1)
  parts[#parts + 1] = piece
end
assert(#parts == 10 and table.concat(parts) == plasmid.sequence)
for _ = 1, 300 do -- more files than may be open
  for _ in parser.fasta(path) do break end
end
local file <close> = assert(io.open(path))
for record in parser.fasta(file) do assert(record.sequence == plasmid.sequence) end
assert(io.type(file) == "file", "a handle stays open")

-- What is written is read again.
local target = work .. "/out.fasta"
assert(parser.write_fasta(target, { plasmid, { id = "b", sequence = "" } }, { width = 70 }) == 2)
local again = {}
for record in parser.fasta(target) do again[#again + 1] = record end
assert(#again == 2 and again[1].sequence == plasmid.sequence and again[1].description == plasmid.description)
assert(parser.write_fasta(target, parser.fasta(path)) == 1, "from an iterator")
assert(parser.fasta_text({ id = "a", description = "of three", sequence = "ACGTA" }, { width = 2 }) == ">a of three\nAC\nGT\nA\n")
fails("argument `record.id`: \" \" at position 2: expected a name without white space", parser.fasta_text, { id = "a b", sequence = "" })
fails("argument `record.sequence`: \"\\\n\" at position 2: expected letters only", parser.fasta_text, { id = "a", sequence = "A\n>b" })
fails("argument `record.description`", parser.fasta_text, { id = "a", description = "x\n>b", sequence = "A" })
fails("argument `record.sequence`: expected a string, got nil", parser.fasta_text, { id = "a" })
fails("argument `target`: expected a file name or an open file", parser.write_fasta, nil, {})
fails("argument `records`", parser.write_fasta, target, 5)
fails("out of room", parser.write_fasta, { write = function() return nil, "out of room" end }, plasmid)
