-- Open reading frames.
local bio_utils = require "bio_utils"
local check = require "genome_tools.check"
local code = require "genome_tools.code"

local orf = {}

local byte = string.byte
local STARTS = { "ATG", "code", "any" }
local STRANDS = { "both", "forward", "reverse" }
local OTHER, START, STOP = 0, 1, 2

-- What each codon is, by the number of its three bytes: no strings are made while frames are read.
local function roles(genetic, starts)
  local result = {}
  local function set(codon, role)
    local a, b, c = byte(codon, 1, 3)
    result[a << 16 | b << 8 | c] = role
  end
  for codon in pairs(starts == "ATG" and { ATG = true } or genetic.starts) do set(codon, START) end
  for codon in pairs(genetic.stops) do set(codon, STOP) end
  return result
end

-- Each stretch of one frame that ends with a stop codon or, if that is wanted, with the sequence:
-- visit(first, last, begins at the edge, ends at the edge).
local function read_frame(letters, offset, role_of, options, visit)
  local any = options.starts == "any"
  local first = (any or options.partial) and offset or nil
  local from_edge = first ~= nil
  local last = offset + (#letters - offset + 1) // 3 * 3 - 1
  for i = offset, last - 2, 3 do
    local a, b, c = byte(letters, i, i + 2)
    local role = role_of[a << 16 | b << 8 | c] or OTHER
    if role == STOP then
      if first then visit(first, i + 2, from_edge, false) end
      first, from_edge = any and i + 3 or nil, false
    elseif role == START and not first then
      first = i
    end
  end
  if first and first <= last and options.partial then visit(first, last, from_edge, true) end
end

-- Round a circle: the sequence twice, and of all frames those that end in the second turn. One that is open all
-- round has no end.
local function read_circle(letters, role_of, options, visit)
  local length = #letters
  local twice = letters .. letters
  for offset = 1, 3 do
    read_frame(twice, offset, role_of, options, function(first, last, open_start)
      if last > length and last - first < length and not open_start then visit(first, last) end
    end)
  end
end

local function place(found, strand, length, first, last, open_start, open_end)
  local size = last - first + 1
  if strand < 0 then first, last = length - last + 1, length - first + 1 end
  first, last = (first - 1) % length + 1, (last - 1) % length + 1
  local begin = strand > 0 and first or length - last + 1
  found[#found + 1] = {
    first = first, last = last, strand = strand, frame = strand * ((begin - 1) % 3 + 1), length = size,
    open_start = open_start or nil, open_end = open_end or nil,
  }
end

local function check_options(options)
  options = check.options(options, {
    code = 1, starts = "ATG", strands = "both", minimum = 90, circular = false, partial = false,
  })
  check.choice(options.starts, "starts", STARTS)
  check.choice(options.strands, "strands", STRANDS)
  if math.type(options.minimum) ~= "integer" or options.minimum < 3 then
    check.fail("minimum", "an integer from 3 up (nucleotides)", options.minimum, 4)
  end
  if options.circular and options.partial then error("argument `partial`: a circle has no ends", 3) end
  return options
end

-- A list { first, last, strand, frame, length, ... } by position. With the stop codon; of several starts the first.
function orf.orfs(sequence, options)
  local letters = check.sequence(sequence, "sequence")
  options = check_options(options)
  local role_of = roles(code.find(options.code), options.starts)
  local found, length = {}, #letters
  for _, strand in ipairs { 1, -1 } do
    if options.strands == "both" or options.strands == (strand > 0 and "forward" or "reverse") then
      local read = strand > 0 and letters or bio_utils.reverse_complement(letters)
      local function visit(first, last, open_start, open_end)
        if last - first + 1 >= options.minimum then place(found, strand, length, first, last, open_start, open_end) end
      end
      if options.circular then
        read_circle(read, role_of, options, visit)
      else
        for offset = 1, 3 do
          read_frame(read, offset, role_of, options, function(first, last, open_start, open_end)
            visit(first, last, options.partial and open_start, open_end)
          end)
        end
      end
    end
  end
  table.sort(found, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    if a.last ~= b.last then return a.last < b.last end
    return a.strand > b.strand
  end)
  return found
end

-- The letters of a frame, as it is read: also round the end of a circle, and of the other strand.
function orf.orf_sequence(sequence, found)
  local letters = check.sequence(sequence, "sequence")
  if type(found) ~= "table" then check.fail("orf", "an open reading frame", found) end
  local first = check.integer(found.first, "orf.first", 1, #letters)
  local last = check.integer(found.last, "orf.last", 1, #letters)
  local part = first <= last and letters:sub(first, last) or letters:sub(first) .. letters:sub(1, last)
  return found.strand == -1 and bio_utils.reverse_complement(part) or part
end

return orf
