local check = require "sequence_parser.check"
local source = require "sequence_parser.source"

local fastq = {}

local MOST = 16 * 1024 * 1024 -- letters of a record
local RUN = check.run "ABCDEFGHIJKLMNOPQRSTUVWXYZ*-."

-- Each encoding: the characters it may have, and what each one is in Sanger's (Phred + 33). Cock et al., Nucleic
-- Acids Research 38: 1767 (2010).
local ENCODINGS = {}

local function encoding(name, offset, least, most, phred)
  local map = {}
  for score = least, most do map[string.char(offset + score)] = string.char(33 + phred(score)) end
  ENCODINGS[name] = {
    others = ("[^%s-%s]"):format(string.char(offset + least), string.char(offset + most)),
    map = offset ~= 33 and map or nil,
  }
end

local function same(score) return score end

encoding("sanger", 33, 0, 93, same)
encoding("illumina", 64, 0, 62, same)
encoding("solexa", 64, -5, 62, function(score)
  return math.floor(10 * math.log(10 ^ (score / 10) + 1, 10) + 0.5)
end)

local function first_line(input, most)
  while true do
    local line = input:line(most)
    if line ~= "" then return line end -- also at the end
  end
end

local function sequence_of(input, most, id)
  local parts, size = {}, 0
  while true do
    local line = input:line(most)
    if not line then input:fail("the record `%s` ends before its line with `+`", id) end
    if line:byte() == 43 then return table.concat(parts), line end -- "+"
    local at = line:match(RUN)
    if at <= #line then input:fail("column %d: %q is no letter of a sequence", at, line:sub(at, at)) end
    size = size + #line
    if size > most then input:fail("the record `%s` has more than %d letters; set `most`", id, most) end
    parts[#parts + 1] = line
  end
end

-- A line that begins with @ may be one of qualities: the length says where they end.
local function quality_of(input, options, id, length)
  local parts, size = {}, 0
  while size < length do
    local line = input:line(options.most)
    if not line then
      input:fail("the record `%s` ends after %d of %d qualities", id, size, length)
    end
    local at = line:find(options.encoding.others)
    if at then input:fail("column %d: %q is no quality in this encoding", at, line:sub(at, at)) end
    parts[#parts + 1] = line
    size = size + #line
  end
  if size > length then
    input:fail("the record `%s` has %d letters, but %d qualities", id, length, size)
  end
  local quality = table.concat(parts)
  local map = options.encoding.map
  return map and quality:gsub(".", map) or quality
end

local function record_of(input, options)
  local line = first_line(input, options.most)
  if not line then return nil end
  local title = line:match "^@(.*)$"
  if not title then input:fail("expected a line that begins with `@`") end
  local id, description = title:match "^(%S+)%s*(.-)%s*$"
  if not id then input:fail("expected a name after `@`") end
  local record = { id = id, description = description, line = input.number }
  local plus
  record.sequence, plus = sequence_of(input, options.most, id)
  if #plus > 1 and plus:sub(2) ~= title then
    input:fail("the line with `+` repeats another title than `%s`", id)
  end
  record.quality = quality_of(input, options, id, #record.sequence)
  return record
end

-- Records { id, description, sequence, quality, line }, one at a time. Qualities are Sanger's, whatever the file has.
function fastq.fastq(input, options)
  options = check.options(options, { most = MOST, encoding = "sanger" })
  options.encoding = check.choice(options.encoding, "encoding", ENCODINGS)
  local opened = source.open(input)
  return source.iterate(opened, function() return record_of(opened, options) end)
end

local function check_quality(quality, level)
  if type(quality) == "table" then quality = quality.quality end
  if type(quality) ~= "string" then check.fail("quality", "a record or its qualities", quality, level) end
  local at = quality:find(ENCODINGS.sanger.others)
  if at then
    error(("argument `quality`: %q at position %d is no quality"):format(quality:sub(at, at), at), level)
  end
  return quality
end

-- Phred scores of a record, or of its `quality`.
function fastq.qualities(quality)
  quality = check_quality(quality, 3)
  local scores = {}
  for i = 1, #quality do scores[i] = quality:byte(i) - 33 end
  return scores
end

function fastq.quality_text(scores)
  if type(scores) ~= "table" then check.fail("scores", "a list of scores", scores) end
  local letters = {}
  for i, score in ipairs(scores) do
    if math.type(score) ~= "integer" or score < 0 or score > 93 then
      check.fail(("scores[%d]"):format(i), "an integer from 0 to 93", score)
    end
    letters[i] = string.char(33 + score)
  end
  return table.concat(letters)
end

-- How many letters are wrong on average, when the qualities say the truth.
function fastq.expected_errors(quality)
  quality = check_quality(quality, 3)
  local total = 0.0
  for i = 1, #quality do total = total + 10 ^ ((33 - quality:byte(i)) / 10) end
  return total
end

return fastq
