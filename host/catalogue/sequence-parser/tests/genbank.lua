-- A record made here with every form of the format, and the plasmid NC_005816.1 with features of its annotation. What they
-- must give is what Bio.SeqIO of Biopython 1.88 gives for the same text.
local parser = require "sequence_parser"
local data = ...

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function records(text, options)
  local list = {}
  for record in parser.genbank(parser.text(text), options) do list[#list + 1] = record end
  return list
end

local ONE = [[
LOCUS       AB000001                  70 bp    ss-RNA     circular SYN 12-MAY-2021
DEFINITION  A made-up record, with a definition
            of two lines.
ACCESSION   AB000001 AB000002
VERSION     AB000001.3  GI:1234
DBLINK      BioProject: PRJNA1
            BioSample: SAMN1
KEYWORDS    first one; second.
SEGMENT     1 of 2
SOURCE      Escherichia coli (a
            bacterium)
  ORGANISM  Escherichia coli
            Bacteria; Proteobacteria;
            Escherichia.
REFERENCE   1  (bases 1 to 70)
  AUTHORS   Doe,J. and
            Roe,R.
  TITLE     On sequences
  JOURNAL   J. Seq. 1 (2), 3-4 (2001)
   PUBMED   11111111
REFERENCE   2
  CONSRTM   Consortium
COMMENT     First line.
            Second line.
FEATURES             Location/Qualifiers
     source          1..70
                     /organism="Escherichia coli"
                     /db_xref="taxon:562"
                     /db_xref="other:1"
     CDS             join(1..10,complement(20..30),
                     40..>50)
                     /codon_start=1
                     /pseudo
                     /note="a ""quoted"" word, a line that begins
                     /with a slash, and = signs"
                     /translation="MEEP
                     KRS"
                     /anticodon=(pos:1..3,
                     aa:Met)
                     /number=2
     misc_feature    65..3
     misc_difference 70^1
                     /replace=""
ORIGIN      on the left
        1 acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt acgtacgtac gtacgtacgt
       61 acgtnacgta
//
]]

local record = records(ONE)[1]
local locus = record.locus
assert(locus.name == "AB000001" and locus.length == 70 and locus.unit == "bp" and locus.topology == "circular")
assert(locus.strandedness == "ss-" and locus.molecule == "RNA" and locus.division == "SYN" and locus.date == "12-MAY-2021")
assert(record.definition == "A made-up record, with a definition of two lines")
assert(record.accession == "AB000001" and #record.accessions == 2 and record.version == "AB000001.3")
assert(table.concat(record.keywords, "|") == "first one|second" and record.dblink == "BioProject: PRJNA1\nBioSample: SAMN1")
assert(record.source == "Escherichia coli (a bacterium)" and record.organism == "Escherichia coli")
assert(table.concat(record.taxonomy, "|") == "Bacteria|Proteobacteria|Escherichia")
assert(record.comment == "First line.\nSecond line." and record.other.SEGMENT == "1 of 2" and record.line == 1)
assert(#record.references == 2 and record.references[1].number == 1 and record.references[1].bases == "(bases 1 to 70)")
assert(record.references[1].authors == "Doe,J. and Roe,R." and record.references[1].pubmed == "11111111")
assert(record.references[2].consortium == "Consortium" and record.references[2].bases == nil)
assert(#record.sequence == 70 and record.sequence:sub(61) == "acgtnacgta")

local source, cds, wrapped, difference = table.unpack(record.features)
assert(#record.features == 4 and source.key == "source" and source.line == 26)
assert(table.concat(source.qualifiers.db_xref, "|") == "taxon:562|other:1")
assert(cds.location.text == "join(1..10,complement(20..30),40..>50)" and #cds.location.parts == 3)
assert(cds.qualifiers.codon_start[1] == "1" and cds.qualifiers.pseudo[1] == true and cds.qualifiers.number[1] == "2")
assert(cds.qualifiers.note[1] == 'a "quoted" word, a line that begins /with a slash, and = signs')
assert(cds.qualifiers.translation[1] == "MEEPKRS" and cds.qualifiers.anticodon[1] == "(pos:1..3,aa:Met)")
assert(wrapped.key == "misc_feature" and #wrapped.location.parts == 2 and next(wrapped.qualifiers) == nil)
assert(parser.feature_sequence(record, wrapped) == "nacgtaacg")
assert(parser.feature_sequence(record, cds) == "acgtacgtac" .. "gtacgtacgta" .. "tacgtacgtac")
assert(difference.location.parts[1].between and difference.qualifiers.replace[1] == "")

-- Several records; a preamble; without a sequence; proteins; line ends of other systems.
local list = records("Release 1.0\n\nof something\n" .. ONE .. "\n" .. ONE)
assert(#list == 2 and list[2].sequence == record.sequence)
assert(records(ONE, { sequence = false })[1].sequence == nil)
assert(records((ONE:gsub("\n", "\r\n")))[1].features[2].qualifiers.translation[1] == "MEEPKRS")
local protein = records [[
LOCUS       NP_000001                5 aa            linear   PRI 18-DEC-2001
ACCESSION   .
CONTIG      join(AB000001.1:1..3,gap(5),
            AB000002.1:1..2)
//
]][1]
assert(protein.locus.unit == "aa" and protein.locus.molecule == nil and protein.locus.division == "PRI")
assert(protein.accession == nil and protein.contig == "join(AB000001.1:1..3,gap(5),AB000002.1:1..2)" and protein.sequence == nil)
assert(#records "" == 0 and #records "\n\n" == 0)

-- Bad input: one change each.
local function refuses(from, to, expected, options)
  local first, last = ONE:find(from, 1, true)
  assert(first, from)
  fails(expected, records, ONE:sub(1, first - 1) .. to .. ONE:sub(last + 1), options)
end
refuses("LOCUS ", "LOCAS ", "expected a line that begins with LOCUS")
refuses("70 bp", "long", "text, line 1: expected a name, a length and `bp` or `aa` after LOCUS")
refuses("       61 acgtnacgta\n", "       61 acgtnacgt\n", "`AB000001` has 69 letters, but its LOCUS line says 70")
refuses("40..>50", "40..>71", "text, line 32: feature `CDS` of line 30: location `join(1..10,complement(20..30),40..>71)`: 71 lies beyond")
refuses("circular", "linear", "feature `misc_feature` of line 41: location `65..3`: 65 comes after 3")
refuses("KRS\"", "KRS", "feature `CDS` of line 30: the value of `/translation` has no closing quotation mark")
refuses("/number=2", "/pseudo\n                     number", "text, line 41: feature `CDS`: `/pseudo` has no value to go on with")
refuses("     CDS             join", "     CDS\n     join", "expected a feature and its location")
refuses("       61 ", "       62 ", "text, line 46: expected the position 61, got 62")
refuses("acgtnacgta", "acgt?acgta", "text, line 46: letter 5: \"?\" is no letter of a sequence")
refuses("acgtnacgta\n//", "acgtnacgta\n", "the record that begins in line 1 has no end `//`")
refuses("acgtnacgta\n", "acgtnacgta\nmore\n", "text, line 47: expected a position and letters, or `//`")
refuses("ORIGIN ", "origin ", "expected a keyword, FEATURES, ORIGIN or `//`")
refuses("acgt", "acgt", "the sequence of `AB000001` has more than 50 letters; set `most`, or `sequence = false`", { most = 50 })
refuses("acgt", "acgt", "more than 100 bytes of annotation; set `most_text`", { most_text = 100 })
fails("text, line 48: expected a line that begins with LOCUS", records, ONE .. "more\n")
for length = 1, #ONE - 4 do -- cut anywhere: an error, never half a record
  local ok = pcall(records, ONE:sub(1, length))
  assert(not ok, length)
end

-- The plasmid, with coding sequences of its annotation.
local sequence
for fasta in parser.fasta(data .. "/NC_005816.fna") do sequence = fasta.sequence end
local text = { "LOCUS       NC_005816               9609 bp    DNA     circular BCT 21-JUL-2008\nFEATURES             Location/Qualifiers\n" }
for _, place in ipairs { "87..1109", "6664..7602", "complement(4815..5888)", "complement(7789..8088)" } do
  text[#text + 1] = ("     CDS             %s\n                     /transl_table=11\n"):format(place)
end
text[#text + 1] = "ORIGIN\n"
for first = 1, #sequence, 60 do
  local blocks = sequence:sub(first, first + 59):lower():gsub("..........", "%0 ")
  text[#text + 1] = ("%9d %s\n"):format(first, blocks)
end
text[#text + 1] = "//\n"
local plasmid = records(table.concat(text))[1]
assert(plasmid.sequence == sequence:lower() and #plasmid.features == 4)
local ends = {}
for i, feature in ipairs(plasmid.features) do
  local letters = parser.feature_sequence(plasmid, feature)
  ends[i] = ("%d%s%s"):format(#letters, letters:sub(1, 9), letters:sub(-6))
end
assert(table.concat(ends, " ") == "1023atggtcactgcgtga 939atgaagaaattctga 1074atgtcagataaataa 300atgagaacagtctaa", table.concat(ends, " "))
