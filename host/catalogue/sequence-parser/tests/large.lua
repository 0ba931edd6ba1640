-- Inputs of any size in bounded memory: the input is made while it is read.
local parser = require "sequence_parser"

local MOST = 16384 -- KiB that may be in use beyond the beginning, garbage included

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

-- `first`, then `block` so many times, then `last`.
local function endless(first, block, times, last)
  local count = -1
  return { read = function()
    count = count + 1
    if count == 0 then return first end
    if count <= times then return block end
    return count == times + 1 and last or nil
  end }
end

local BLOCK = ("GATTACA!"):rep(8192):gsub("!", "C") -- 64 KiB

local function bounded(work)
  collectgarbage()
  local before, most = collectgarbage "count", 0
  local count = 0
  work(function()
    count = count + 1
    if count % 64 == 0 then most = math.max(most, collectgarbage "count" - before) end
  end)
  assert(most < MOST, ("%.0f KiB"):format(most))
end

-- One line of 100 MiB, in pieces.
bounded(function(look)
  local letters = 0
  for _, piece in parser.fasta_pieces(endless(">long\n", BLOCK, 1600, "\n")) do
    letters = letters + #piece
    look()
  end
  assert(letters == 1600 * 65536)
end)

-- The same as a record: an error, long before it is read.
bounded(function(look)
  fails("the record `long` has more than 1000000 letters", function()
    for _ in parser.fasta(endless(">long\n", BLOCK, 1 << 40, ""), { most = 1000000 }) do look() end
  end)
end)

-- Headers, titles, lines, annotation without an end.
local endless_name = ("x"):rep(65536)
fails("line 1: the header is longer than 1048576 bytes", parser.fasta(endless(">", endless_name, 1 << 40, "")))
fails("line 1: the line is longer than 1000 bytes", parser.fastq(endless("@", endless_name, 1 << 40, ""), { most = 1000 }))
fails("the record `a` has more than 1000 letters", parser.fastq(endless("@a\n", "ACGT\n", 1 << 40, ""), { most = 1000 }))
fails("line 1: the line is longer than 65536 bytes", parser.genbank(endless("LOCUS ", endless_name, 1 << 40, "")))
local locus = "LOCUS       A  10 bp DNA\n"
fails("more than 100000 bytes of annotation; set `most_text`",
  parser.genbank(endless(locus .. "COMMENT     a\n", "            a\n", 1 << 40, ""), { most_text = 100000 }))
fails("more than 100000 bytes of annotation",
  parser.genbank(endless(locus .. "FEATURES\n", "     gene            1..2\n", 1 << 40, ""), { most_text = 100000 }))
fails("more than 100000 bytes of annotation",
  parser.genbank(endless(locus .. "FEATURES\n     gene            1..2\n                     /note=\"a\n",
    "                     and on\n", 1 << 40, ""), { most_text = 100000 }))
fails("expected a line that begins with LOCUS", parser.genbank(endless("\n", "preamble\n", 1 << 40, "")))

-- Many records, one at a time.
bounded(function(look)
  local count = 0
  for record in parser.fastq(endless("\n", "@a\nACGT\n+\nIIII\n", 20000, "")) do
    count = count + 1
    assert(record.quality == "IIII")
    look()
  end
  assert(count == 20000)
end)
