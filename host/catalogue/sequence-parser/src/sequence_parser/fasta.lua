local check = require "sequence_parser.check"
local source = require "sequence_parser.source"

local fasta = {}

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ*-."
local MOST = 16 * 1024 * 1024 -- letters of a record that is held as a whole
local MOST_HEADER = 1024 * 1024 -- bytes of a header line
local PIECE = 65536 -- letters

local function header_of(input, part, ends)
  local text = input:rest(part, ends, MOST_HEADER, "the header")
  local id, description = text:match "^>%s*(%S+)%s*(.-)%s*$"
  if not id then input:fail("expected a name after `>`") end
  return { id = id, description = description, line = input.number }
end

local function cleaned(input, part, state)
  if part:match(state.run) > #part then return part end
  local letters = part:gsub("[ \t]+", "")
  if letters:match(state.run) <= #letters then
    local at = part:match(state.run_and_space)
    input:fail("column %d: %q is no letter of a sequence", input.width + at, part:sub(at, at))
  end
  return letters
end

-- The next header (a table) or run of letters (a string). Nil at the end.
local function next_event(input, state)
  while true do
    local part, ends = input:letters(state.run_and_newline), nil
    if not part then
      local starts = not input.middle
      part, ends = input:fragment()
      if not part then return nil end
      if starts and part:byte() == 62 then -- ">"
        state.started = true
        return header_of(input, part, ends)
      end
      part = cleaned(input, part, state)
    end
    if part ~= "" then
      if not state.started then input:fail("expected a line that begins with `>`") end
      return part
    end
  end
end

local function begin(input, options)
  return source.open(input), {
    started = false,
    run = check.run(options.letters),
    run_and_space = check.run(options.letters .. " \t"),
    run_and_newline = check.run(options.letters .. "\n"),
  }
end

-- Records { id, description, sequence, line }, one at a time.
function fasta.fasta(input, options)
  options = check.options(options, { most = MOST, letters = LETTERS })
  local opened, state = begin(input, options)
  local header
  return source.iterate(opened, function()
    header = header or next_event(opened, state)
    if not header then return nil end
    local record, parts, size = header, {}, 0
    while true do
      local event = next_event(opened, state)
      if type(event) ~= "string" then
        header = event
        break
      end
      size = size + #event
      if size > options.most then
        opened:fail("the record `%s` has more than %d letters; set `most`, or use `fasta_pieces`", record.id, options.most)
      end
      parts[#parts + 1] = event
    end
    record.sequence = table.concat(parts)
    return record
  end)
end

-- Headers { id, description, line }, pieces of their sequences, and the position at which each begins. All pieces
-- but the last of a record have one size. A record without a sequence has one empty piece.
function fasta.fasta_pieces(input, options)
  options = check.options(options, { piece = PIECE, letters = LETTERS })
  local opened, state = begin(input, options)
  local header, following
  local text, at, first -- letters that wait from `at` on, and the position of the next piece

  -- Reads until more than a piece waits (so that the last one is not empty) or the record ends.
  local function wait_for(count)
    local parts, size = { text:sub(at) }, #text - at + 1
    while size <= count do
      local event = next_event(opened, state)
      if type(event) ~= "string" then
        following = event or false
        break
      end
      parts[#parts + 1] = event
      size = size + #event
    end
    text, at = table.concat(parts), 1
  end

  return source.iterate(opened, function()
    if not header then
      header = following == nil and next_event(opened, state) or following
      if not header then return nil end
      following, text, at, first = nil, "", 1, 1
    end
    if following == nil and #text - at < options.piece then wait_for(options.piece) end
    local piece, owner, position = text:sub(at, at + options.piece - 1), header, first
    at, first = at + #piece, first + #piece
    if following ~= nil and at > #text then header = nil end
    return owner, piece, position
  end)
end

return fasta
