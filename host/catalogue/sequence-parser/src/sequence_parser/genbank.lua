local check = require "sequence_parser.check"
local location = require("sequence_parser.location").location
local source = require "sequence_parser.source"

local genbank = {}

local MOST = 16 * 1024 * 1024 -- letters of a sequence that is held as a whole
local MOST_TEXT = 16 * 1024 * 1024 -- bytes of everything else in a record
local MOST_LINE = 65536 -- bytes; the format has 80
local MOST_PREAMBLE = 1000 -- lines before the first record; release files have ten
local FEATURE_COLUMN = 21 -- what begins further left is the key of a feature
local CONTINUED_COLUMN = 10 -- a header line that begins further right belongs to the one before
local RUN = check.run "ABCDEFGHIJKLMNOPQRSTUVWXYZ*-."

-- The next line, within what a record may have.
local function next_line(reader)
  local line = reader.input:line(MOST_LINE)
  if line then
    reader.text = reader.text + #line + 1
    if reader.text > reader.most_text then
      reader.input:fail("the record has more than %d bytes of annotation; set `most_text`", reader.most_text)
    end
  end
  return line
end

local function missing_end(reader)
  reader.input:fail("the record that begins in line %d has no end `//`", reader.begin)
end

-- LOCUS -------------------------------------------------------------------------------------------------------
local TOPOLOGIES = { linear = true, circular = true }

-- Name, length and unit; then what there is of molecule, topology, division and date, told apart by their form.
local function locus_of(reader, text)
  local name, length, unit, rest = text:match "^(%S+)%s+(%d+)%s+(%a%a)%s*(.-)%s*$"
  if not name or (unit ~= "bp" and unit ~= "aa" and unit ~= "rc") then
    reader.input:fail("expected a name, a length and `bp` or `aa` after LOCUS")
  end
  local locus = { name = name, length = math.tointeger(tonumber(length)), unit = unit }
  if not locus.length then reader.input:fail("the length %s is too large", length) end
  for word in rest:gmatch "%S+" do
    if TOPOLOGIES[word] then
      locus.topology = word
    elseif word:find "^%d%d%-%u%u%u%-%d%d%d%d$" then
      locus.date = word
    elseif word:find "^%u%u%u$" and (locus.molecule or unit ~= "bp" or not word:find "[RD]NA") then
      locus.division = word
    elseif not locus.molecule then
      local strands, molecule = word:match "^([sdm]s)%-(.+)$"
      locus.strandedness, locus.molecule = strands and strands .. "-" or nil, molecule or word
    end
  end
  return locus
end

-- Header ------------------------------------------------------------------------------------------------------
local function without_stop(text) return (text:gsub("%.$", "")) end

local function list_of(text, separator)
  local list = {}
  for item in (without_stop(text) .. separator):gmatch("%s*(.-)%s*" .. separator) do
    if item ~= "" then list[#list + 1] = item end
  end
  return list
end

local function words_of(text)
  local words = {}
  for word in text:gmatch "%S+" do words[#words + 1] = word end
  return words
end

local REFERENCE_FIELDS = {
  AUTHORS = "authors", CONSRTM = "consortium", TITLE = "title", JOURNAL = "journal", PUBMED = "pubmed",
  MEDLINE = "medline", REMARK = "remark",
}

-- What each keyword sets in the record. `lines` is its text, line by line.
local FIELDS = {
  DEFINITION = function(record, lines) record.definition = without_stop(table.concat(lines, " ")) end,
  ACCESSION = function(record, lines)
    record.accessions = words_of(without_stop(table.concat(lines, " "))) -- a lone "." means none
    record.accession = record.accessions[1]
  end,
  VERSION = function(record, lines) record.version = without_stop(lines[1]):match "%S+" end,
  KEYWORDS = function(record, lines) record.keywords = list_of(table.concat(lines, " "), ";") end,
  SOURCE = function(record, lines) record.source = table.concat(lines, " ") end,
  COMMENT = function(record, lines) record.comment = table.concat(lines, "\n") end,
  DBLINK = function(record, lines) record.dblink = table.concat(lines, "\n") end,
  CONTIG = function(record, lines) record.contig = table.concat(lines) end,
  ORGANISM = function(record, lines)
    record.organism = lines[1]
    record.taxonomy = list_of(table.concat(lines, " ", 2), ";")
  end,
  REFERENCE = function(record, lines)
    local number, bases = lines[1]:match "^(%d+)%s*(.-)$"
    local reference = { number = math.tointeger(tonumber(number)), bases = bases ~= "" and bases or nil }
    record.references[#record.references + 1] = reference
  end,
}

local function keep(record, keyword, lines)
  local reference = record.references[#record.references]
  if REFERENCE_FIELDS[keyword] and reference then
    reference[REFERENCE_FIELDS[keyword]] = table.concat(lines, " ")
  elseif FIELDS[keyword] then
    FIELDS[keyword](record, lines)
  else
    record.other[keyword] = table.concat(lines, "\n")
  end
end

-- A keyword and the lines that go on with it. Returns the line after them.
local function field(reader, record, keyword, text)
  local lines = { text }
  local line
  while true do
    line = next_line(reader)
    if not line then missing_end(reader) end
    local indent, more = line:match "^( *)(.-)%s*$"
    if #indent < CONTINUED_COLUMN and more ~= "" then break end
    if more ~= "" then lines[#lines + 1] = more end
  end
  keep(record, keyword, lines)
  return line
end

-- Features ----------------------------------------------------------------------------------------------------
local function finish_location(reader, record, feature, parts)
  local text = table.concat(parts)
  local locus = record.locus
  local parsed, message = location(text, locus.length, locus.topology == "circular")
  if not parsed then
    reader.input:fail("feature `%s` of line %d: %s", feature.key, feature.line, message)
  end
  feature.location = parsed
end

-- A value in quotes, over several lines; a translation has no spaces, and "" stands for one quotation mark.
local function unquoted(reader, feature, name, lines)
  local text = table.concat(lines, name == "translation" and "" or " ")
  local inner = text:match '^"(.*)"%s*$'
  if not inner then
    reader.input:fail("feature `%s` of line %d: the value of `/%s` has no closing quotation mark",
      feature.key, feature.line, name)
  end
  if name == "translation" then inner = inner:gsub("%s+", "") end
  return (inner:gsub('""', '"'))
end

local function finish_qualifier(reader, feature, qualifier)
  local value = true
  if qualifier.quoted then
    value = unquoted(reader, feature, qualifier.name, qualifier.lines)
  elseif qualifier.lines then
    value = table.concat(qualifier.lines)
  end
  local values = feature.qualifiers[qualifier.name]
  if not values then
    values = {}
    feature.qualifiers[qualifier.name] = values
  end
  values[#values + 1] = value
end

local function quotes(text)
  local _, count = text:gsub('"', "")
  return count
end

local function begin_qualifier(reader, feature, text)
  local name, value = text:match "^/([^=%s]+)%s*=?%s*(.-)$"
  if not name then
    reader.input:fail("feature `%s`: expected a location or a line that begins with `/`", feature.key)
  end
  local has_value = text:find("=", 1, true)
  return {
    name = name, lines = has_value and { value } or nil,
    quoted = value:sub(1, 1) == '"', open = value:sub(1, 1) == '"' and quotes(value) % 2 == 1,
  }
end

-- The lines of one feature as they come; `finish` closes what is open.
local function feature_reader(reader, record, key, text)
  local feature = { key = key, qualifiers = {}, line = reader.input.number }
  local parts, qualifier = { text }, nil

  local function finish()
    if qualifier then
      finish_qualifier(reader, feature, qualifier)
    else
      finish_location(reader, record, feature, parts)
    end
  end

  local function add(more)
    if qualifier and (qualifier.open or more:sub(1, 1) ~= "/") then
      if not qualifier.lines then
        reader.input:fail("feature `%s`: `/%s` has no value to go on with", key, qualifier.name)
      end
      qualifier.lines[#qualifier.lines + 1] = more
      if qualifier.open and quotes(more) % 2 == 1 then qualifier.open = false end
    elseif more:sub(1, 1) == "/" then
      finish()
      qualifier = begin_qualifier(reader, feature, more)
    else
      parts[#parts + 1] = more
    end
  end

  return { feature = feature, add = add, finish = finish }
end

-- The feature table. Returns the line after it.
local function features(reader, record)
  local current
  local function finish()
    if not current then return end
    current.finish()
    record.features[#record.features + 1] = current.feature
  end
  while true do
    local line = next_line(reader)
    if not line then missing_end(reader) end
    local indent, text = line:match "^( *)(.-)%s*$"
    if text == "" then
      -- an empty line says nothing
    elseif #indent == 0 then
      finish()
      return line
    elseif #indent < FEATURE_COLUMN and not (current and text:sub(1, 1) == "/") then
      finish()
      local key, place = text:match "^(%S+)%s+(.+)$"
      if not key then reader.input:fail("expected a feature and its location") end
      current = feature_reader(reader, record, key, place)
    elseif current then
      current.add(text)
    else
      reader.input:fail("expected a feature")
    end
  end
end

-- Sequence ----------------------------------------------------------------------------------------------------
-- Lines of a position and letters in blocks, to the line `//`. Positions must go on where the last line ended.
local function origin(reader, record)
  local parts, size = {}, 0
  while true do
    local line = reader.input:line(MOST_LINE)
    if not line then missing_end(reader) end
    if line:find "^//" then break end
    local position, letters = line:match "^%s*(%d+)%s*(.-)%s*$"
    if not position then
      if line:find "%S" then reader.input:fail("expected a position and letters, or `//`") end
    elseif tonumber(position) ~= size + 1 then
      reader.input:fail("expected the position %d, got %s", size + 1, position)
    else
      letters = letters:gsub("%s+", "")
      local at = letters:match(RUN)
      if at <= #letters then reader.input:fail("letter %d: %q is no letter of a sequence", at, letters:sub(at, at)) end
      size = size + #letters
      if reader.sequence then
        if size > reader.most then
          reader.input:fail("the sequence of `%s` has more than %d letters; set `most`, or `sequence = false`",
            record.locus.name, reader.most)
        end
        parts[#parts + 1] = letters
      end
    end
  end
  if size > 0 and size ~= record.locus.length then
    reader.input:fail("`%s` has %d letters, but its LOCUS line says %d", record.locus.name, size, record.locus.length)
  end
  if reader.sequence and size > 0 then record.sequence = table.concat(parts) end
end

-- Records -----------------------------------------------------------------------------------------------------
local function find_locus(reader)
  local preamble = 0
  while true do
    local line = next_line(reader)
    if not line and preamble == 0 then return nil end
    if line and line:find "^LOCUS%s" then return line end
    if not line or line:find "%S" then
      preamble = preamble + 1
      if not line or reader.records > 0 or preamble > MOST_PREAMBLE then
        reader.input:fail("expected a line that begins with LOCUS")
      end
    end
  end
end

local function record_of(reader)
  reader.text = 0
  local line = find_locus(reader)
  if not line then return nil end
  reader.begin = reader.input.number
  local record = { line = reader.begin, references = {}, features = {}, other = {} }
  record.locus = locus_of(reader, line:match "^LOCUS%s+(.*)$")
  line = next_line(reader)
  while true do
    if not line then missing_end(reader) end
    local keyword, text = line:match "^ *(%u[%u%d_]*)%s*(.-)%s*$"
    if line:find "^//" then
      break
    elseif keyword == "FEATURES" then
      line = features(reader, record)
    elseif keyword == "ORIGIN" then
      origin(reader, record)
      break
    elseif keyword then
      line = field(reader, record, keyword, text)
    elseif line:find "%S" then
      reader.input:fail("expected a keyword, FEATURES, ORIGIN or `//`")
    else
      line = next_line(reader)
    end
  end
  reader.records = reader.records + 1
  return record
end

-- Records, one at a time. `sequence = false` leaves the letters out (they are still checked and counted).
function genbank.genbank(input, options)
  options = check.options(options, { most = MOST, most_text = MOST_TEXT, sequence = true })
  local opened = source.open(input)
  local reader = {
    input = opened, most = options.most, most_text = options.most_text, sequence = options.sequence,
    records = 0, text = 0,
  }
  return source.iterate(opened, function() return record_of(reader) end)
end

return genbank
