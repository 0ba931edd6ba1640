--[[
What a DNA sequence is made of: base counts, GC content along the sequence, the longest open
reading frame in each of the six frames, and the codon use of the longest of them.

    gc_content.lua [FILE.fna ...]         without arguments: /data/NC_005816.fna

The files are FASTA, with one record or many. A file is read line by line and never held as a
whole; a record costs some hundred counters and two numbers a window, however long it is.

Definitions
  GC content   (G + C) / (A + C + G + T); other letters are left out.
  window       1000 bases, the next one beginning where the last one ended.
  ORF          from the first ATG after a stop codon (or after the beginning) to the next stop
               codon in the same frame, in the standard genetic code (table 1). One that meets the
               end of the sequence or an ambiguous letter before its stop codon does not count.
               Of two with the same length the one further left is shown.
  coordinates  counted from 1, both ends included, on the forward strand, with the stop codon:
               first < last also for the reverse frames, which begin at `last`.
  frame        +1 begins at base 1; -1 begins at the last base of the reverse complement.
  length (aa)  the codons of the ORF without the stop codon.
Lower-case letters count as upper-case ones; IUPAC codes other than A, C, G and T are ambiguous.
]]

local WINDOW = 1000
local BAR = 50 -- characters of the bar chart for 100 % GC

-- Codons are numbers from 0 to 63, two bits a base in the order T, C, A, G: the usual order of
-- the printed table, in which x ~ 2 is the complement of x.
local LETTERS = { [0] = "T", "C", "A", "G" }
local AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
local ATG = 2 * 16 + 0 * 4 + 3
local AMBIGUOUS = "RYSWKMBDHVN"

local code_of, ambiguous = {}, {} -- by byte, for both cases
for code, l in pairs(LETTERS) do code_of[l:byte()], code_of[l:lower():byte()] = code, code end
for l in AMBIGUOUS:gmatch(".") do ambiguous[l:byte()], ambiguous[l:lower():byte()] = l, l end
local codon_name, is_stop, reverse_of = {}, {}, {}
for codon = 0, 63 do
  local a, b, c = codon >> 4, codon >> 2 & 3, codon & 3
  codon_name[codon] = LETTERS[a] .. LETTERS[b] .. LETTERS[c]
  is_stop[codon] = AMINO:sub(codon + 1, codon + 1) == "*"
  reverse_of[codon] = (c ~ 2) << 4 | (b ~ 2) << 2 | (a ~ 2)
end

-- Open reading frames -----------------------------------------------------------------------
-- One frame of one strand holds the ORF that is being read (first, last: its ends; codons: how
-- often each occurs; length: how many there are, stop included) and `best`, the longest so far.

local function keep_longest(frame, first, last)
  if not frame.best or frame.length > frame.best.length then
    frame.best = { first = first, last = last, codons = frame.codons, length = frame.length }
  end
end

-- Forward: an ORF opens at ATG and is complete at its stop codon.
local function read_forward(frame, codon, position)
  if frame.first then
    frame.codons[codon] = (frame.codons[codon] or 0) + 1
    frame.length = frame.length + 1
    if is_stop[codon] then
      keep_longest(frame, frame.first, position)
      frame.first = nil
    end
  elseif codon == ATG then
    frame.first, frame.codons, frame.length = position - 2, { [ATG] = 1 }, 1
  end
end

-- Reverse, read from its end: an ORF opens at its stop codon, and every ATG on the way may be its
-- beginning. `pending` counts the codons since the last ATG; they belong to it only if another follows.
local function finish_reverse(frame)
  if frame.first and frame.last then keep_longest(frame, frame.first, frame.last) end
  frame.first, frame.last = nil, nil
end

local function read_reverse(frame, codon, position)
  if is_stop[codon] then
    finish_reverse(frame)
    frame.first, frame.codons, frame.length, frame.pending = position - 2, { [codon] = 1 }, 1, {}
  elseif frame.first then
    frame.pending[codon] = (frame.pending[codon] or 0) + 1
    if codon == ATG then
      for c, count in pairs(frame.pending) do frame.codons[c] = (frame.codons[c] or 0) + count end
      frame.pending, frame.last, frame.length = {}, position, (position - frame.first + 1) // 3
    end
  end
end

-- Records -----------------------------------------------------------------------------------
local function new_record(header)
  local id, description = header:match("^>%s*(%S*)%s*(.*)$")
  return {
    id = id, description = description, length = 0, lower = 0, counts = { [0] = 0, 0, 0, 0 }, other = {},
    windows = {}, window_gc = 0, window_acgt = 0, codon = 0, run = 0,
    forward = { [0] = {}, {}, {} }, reverse = { [0] = {}, {}, {} },
  }
end

local function close_window(record)
  local acgt = record.window_acgt
  table.insert(record.windows, { last = record.length, gc = acgt > 0 and 100 * record.window_gc / acgt })
  record.window_gc, record.window_acgt = 0, 0
end

local function break_frames(record) -- no ORF leads over an ambiguous letter
  record.run = 0
  for _, frame in pairs(record.forward) do frame.first = nil end
  for _, frame in pairs(record.reverse) do finish_reverse(frame) end
end

local function add_base(record, code)
  record.counts[code] = record.counts[code] + 1
  record.window_acgt = record.window_acgt + 1
  record.window_gc = record.window_gc + (code & 1) -- C and G are the odd ones
  record.codon = (record.codon << 2 | code) & 63
  record.run = record.run + 1
  if record.run >= 3 then
    local position = record.length
    read_forward(record.forward[position % 3], record.codon, position)
    read_reverse(record.reverse[position % 3], reverse_of[record.codon], position)
  end
end

local function add_line(record, line, where)
  for column = 1, #line do
    local byte = line:byte(column)
    local code, letter = code_of[byte], ambiguous[byte]
    record.length = record.length + 1
    if byte >= 97 then record.lower = record.lower + 1 end
    if code then
      add_base(record, code)
    elseif letter then
      record.other[letter] = (record.other[letter] or 0) + 1
      break_frames(record)
    else
      error(("%s, column %d: %q is no nucleotide code: expected A, C, G, T or one of %s"):format(
        where, column, line:sub(column, column), AMBIGUOUS), 0)
    end
    if record.length % WINDOW == 0 then close_window(record) end
  end
end

-- Report ------------------------------------------------------------------------------------
local function printf(format, ...) io.write(format:format(...), "\n") end

local function print_composition(record)
  local counts, n = record.counts, record.other.N or 0
  local t, c, a, g = counts[0], counts[1], counts[2], counts[3]
  local acgt = a + c + g + t
  printf(">%s %s", record.id, record.description)
  printf("length  %d bp", record.length)
  printf("GC      %s", acgt > 0 and ("%.2f %%"):format(100 * (g + c) / acgt) or "none: no A, C, G or T")
  printf("bases   A %d  C %d  G %d  T %d  N %d  other %d", a, c, g, t, n, record.length - acgt - n)
  if record.length > acgt then printf("note    an ambiguous letter ends the reading frames that reach it") end
  if record.lower > 0 then printf("note    %d lower-case letters, counted as upper-case ones", record.lower) end
end

local function print_windows(record)
  printf("\nGC in windows of %d bp", WINDOW)
  local first = 1
  for _, window in ipairs(record.windows) do
    local size = window.last - first + 1
    local bar = ("#"):rep(window.gc and math.floor(window.gc / 100 * BAR + 0.5) or 0)
    printf("%9d - %9d  %7s  |%-" .. BAR .. "s|%s", first, window.last,
      window.gc and ("%.2f %%"):format(window.gc) or "none", bar, size < WINDOW and (" %d bp"):format(size) or "")
    first = window.last + 1
  end
end

-- The longest ORF by frame name. The names of the reverse frames need the length of the sequence.
local function longest_by_frame(record)
  local longest = {}
  for i = 0, 2 do
    local forward, reverse = record.forward[i].best, record.reverse[i].best
    if forward then longest[("+%d"):format((forward.first - 1) % 3 + 1)] = forward end
    if reverse then longest[("-%d"):format((record.length - reverse.last) % 3 + 1)] = reverse end
  end
  return longest
end

local function print_frames(longest)
  printf("\nLongest open reading frame in each frame")
  printf("frame      first       last  length (aa)")
  local best, best_name
  for _, name in ipairs { "+1", "+2", "+3", "-1", "-2", "-3" } do
    local orf = longest[name]
    if orf then
      printf("%5s  %9d  %9d  %11d", name, orf.first, orf.last, orf.length - 1)
      if not best or orf.length > best.length then best, best_name = orf, name end
    else
      printf("%5s  none", name)
    end
  end
  return best, best_name
end

local function print_codons(orf, name)
  printf("\nCodons of the longest one, frame %s: count and count per thousand", name)
  for row = 0, 15 do
    local cells = {}
    for column = 0, 3 do
      local codon = row // 4 << 4 | column << 2 | row % 4
      local count = orf.codons[codon] or 0
      local amino = AMINO:sub(codon + 1, codon + 1)
      cells[column + 1] = ("%s %s %4d %6.1f"):format(codon_name[codon], amino, count, 1000 * count / orf.length)
    end
    print(table.concat(cells, "   "))
  end
end

local function report(record)
  if record.length % WINDOW ~= 0 then close_window(record) end
  break_frames(record) -- the end of the sequence is an end like any other
  print_composition(record)
  if record.length > 0 then
    print_windows(record)
    local best, name = print_frames(longest_by_frame(record))
    if best then print_codons(best, name) end
  end
  print()
end

local function read_file(path)
  local file <close>, message = io.open(path)
  if not file then error(message, 0) end
  local record, number = nil, 0
  for line in file:lines() do
    number = number + 1
    line = line:gsub("%s+$", "") -- also the carriage returns of other systems
    if line:sub(1, 1) == ">" then
      if record then report(record) end
      record = new_record(line)
    elseif line ~= "" then
      local where = ("%s, line %d"):format(path, number)
      if not record then error(where .. ": expected a line that begins with >", 0) end
      add_line(record, line, where)
    end
  end
  if not record then error(path .. ": no FASTA record in this file", 0) end
  report(record)
end

local paths, failed = select("#", ...) > 0 and { ... } or { "/data/NC_005816.fna" }, false
for _, path in ipairs(paths) do
  local ok, message = pcall(read_file, path)
  if not ok then io.stderr:write("gc_content: ", tostring(message), "\n") end
  failed = failed or not ok
end
if failed then os.exit(1) end
