local check = require "sequence_parser.check"

local writer = {}

local WIDTH = 60 -- letters a line, as the large databases do

local function check_field(record, field, forbidden, what)
  local value = record[field]
  if value == nil and field == "description" then return "" end
  if type(value) ~= "string" then check.fail("record." .. field, "a string", value, 5) end
  local at = value:find(forbidden)
  if at then
    error(("argument `record.%s`: %q at position %d: expected %s"):format(field, value:sub(at, at), at, what), 5)
  end
  return value
end

local function title_of(record)
  if type(record) ~= "table" then check.fail("record", "a table", record, 4) end
  local id = check_field(record, "id", "%s", "a name without white space")
  if id == "" then check.fail("record.id", "a name", id, 4) end
  local description = check_field(record, "description", "[\r\n]", "one line")
  return description == "" and id or id .. " " .. description
end

local function fasta_text(record, options)
  local title = title_of(record)
  local sequence = check_field(record, "sequence", "[%s>]", "letters only")
  local lines = { ">" .. title }
  for first = 1, #sequence, options.width do
    lines[#lines + 1] = sequence:sub(first, first + options.width - 1)
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

local function fastq_text(record)
  local title = title_of(record)
  local sequence = check_field(record, "sequence", "[%s@+]", "letters only")
  local quality = check_field(record, "quality", "[^!-~]", "characters from `!` to `~`")
  if #sequence ~= #quality then
    error(("argument `record`: %d letters, but %d qualities"):format(#sequence, #quality), 3)
  end
  return ("@%s\n%s\n+\n%s\n"):format(title, sequence, quality)
end

function writer.fasta_text(record, options)
  options = check.options(options, { width = WIDTH })
  return (fasta_text(record, options))
end

function writer.fastq_text(record)
  return (fastq_text(record))
end

-- A list, one record, or an iterator (a function that returns the next one).
local function iterator_of(records)
  if type(records) == "function" then return records end
  if type(records) ~= "table" then check.fail("records", "a record, a list of records or an iterator", records, 4) end
  local list, at = records.id and { records } or records, 0
  return function()
    at = at + 1
    return list[at]
  end
end

-- A failed write is an error, also the one that only shows when the file is closed.
local function write_all(target, records, text_of, options)
  local handle, owned = target, nil
  if type(target) == "string" then
    handle = assert(io.open(target, "wb"))
    owned = handle
  elseif io.type(target) ~= "file" and not (type(target) == "table" and type(target.write) == "function") then
    check.fail("target", "a file name or an open file", target, 4)
  end
  local guard <close> = setmetatable({}, { __close = function() if owned then owned:close() end end })
  local count = 0
  for record in iterator_of(records) do
    assert(handle:write(text_of(record, options)))
    count = count + 1
  end
  if owned then
    local closing = owned
    owned = nil
    assert(closing:close())
  end
  return count
end

-- How many records were written.
function writer.write_fasta(target, records, options)
  options = check.options(options, { width = WIDTH })
  return (write_all(target, records, fasta_text, options))
end

function writer.write_fastq(target, records)
  return (write_all(target, records, fastq_text))
end

return writer
