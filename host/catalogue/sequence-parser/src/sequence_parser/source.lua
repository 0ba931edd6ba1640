-- Lines of a file, a handle or a string, read block by block: a line of any length costs no more than a block,
-- unless it is asked for as a whole.
local check = require "sequence_parser.check"

local source = {}

local BLOCK = 65536 -- bytes a read: larger ones are not faster

local Source = {}
Source.__index = Source

-- A string that is read as if it were a file.
local Text = {}
Text.__index = Text

function Text:read(count)
  if self.at > #self.content then return nil end
  local piece = self.content:sub(self.at, self.at + count - 1)
  self.at = self.at + count
  return piece
end

function source.text(content)
  check.string(content, "content")
  return setmetatable({ content = content, at = 1 }, Text)
end

local function handle_of(input, level)
  if type(input) == "string" then
    local handle, message = io.open(input, "rb")
    if not handle then error(message, level) end
    return handle, input, handle
  end
  local readable = io.type(input) == "file" or (type(input) == "table" and type(input.read) == "function")
  if not readable then check.fail("input", "a file name, an open file or `text(...)`", input, level) end
  return input, getmetatable(input) == Text and "text" or "input", nil
end

-- The input is a file name, anything with a method `read(count)`, or a text. A file opened here is closed here.
function source.open(input)
  local handle, name, owned = handle_of(input, 4)
  return setmetatable({
    handle = handle, name = name, owned = owned,
    -- The line, how many bytes of it came before the last fragment, and how many were in that.
    number = 0, width = 0, last = 0,
    -- Whether the rest of the line is still to come, and whether the buffer is to be read line by line.
    buffer = "", at = 1, middle = false, slow = false,
  }, Source)
end

function Source:fail(format, ...)
  error(("%s, line %d: %s"):format(self.name, self.number, format:format(...)), 0)
end

function Source:close()
  if self.owned then
    self.owned:close()
    self.owned = nil
  end
end

-- Reads on when the buffer is used up. False at the end.
local function fill(self)
  if self.at <= #self.buffer then return true end
  if not self.handle then return false end
  local block, message = self.handle:read(BLOCK)
  if block == nil or block == "" then
    if message then error(("%s: %s"):format(self.name, message), 0) end
    self.handle = nil
    self:close()
    return false
  end
  self.buffer, self.at, self.slow = block, 1, false
  return true
end

-- The next part of a line, and whether the line ends with it. Nil at the end of the input, which ends a line too.
function Source:fragment()
  if not fill(self) then
    self.middle = false
    return nil
  end
  local buffer, first = self.buffer, self.at
  if self.middle then
    self.width = self.width + self.last
  else
    self.number, self.width = self.number + 1, 0
  end
  local newline = buffer:find("\n", first, true)
  if newline then
    self.at, self.middle = newline + 1, false
    local last = newline - 1
    if last >= first and buffer:byte(last) == 13 then last = last - 1 end
    return buffer:sub(first, last), true
  end
  self.at, self.middle, self.last = #buffer + 1, true, #buffer - first + 1
  if buffer:byte(-1) ~= 13 then return buffer:sub(first), false end
  -- A carriage return belongs to the end of the line, if that is what comes next.
  local part = buffer:sub(first, -2)
  if not fill(self) then return part, true end
  self.buffer, self.last = "\r" .. self.buffer, #part
  return part, false
end

local function without_newlines(lines)
  local parts, count, at = {}, 0, 1
  while true do
    local newline = lines:find("\n", at, true)
    if not newline then break end
    count = count + 1
    parts[count] = lines:sub(at, newline - 1)
    at = newline + 1
  end
  parts[count + 1] = lines:sub(at)
  return table.concat(parts), count, #lines - at + 1
end

-- The letters of as many lines as the buffer holds, up to a line that begins with `>`; nil where something else
-- than letters is among them, which is then found line by line. `run` matches letters and newlines.
function Source:letters(run)
  if not fill(self) or self.slow then return nil end
  local buffer, first = self.buffer, self.at
  if not self.middle and buffer:byte(first) == 62 then return nil end
  local last = buffer:find("\n>", first, true) or #buffer
  local lines = buffer:sub(first, last)
  if lines:find("\r\n", 1, true) then lines = lines:gsub("\r\n", "\n") end
  if lines:match(run) <= #lines then
    self.slow = true -- for the rest of this buffer: it is looked through once
    return nil
  end
  local letters, newlines, rest = without_newlines(lines)
  local begun = newlines + (self.middle and 0 or 1) - (rest == 0 and 1 or 0)
  if begun > 0 then self.number, self.width, self.last = self.number + begun, 0, 0 end
  self.at, self.middle, self.last = last + 1, rest > 0, self.last + rest
  return letters
end

-- The rest of the line that the fragment began.
function Source:rest(part, ends, most, what)
  if ends then
    if #part > most then self:fail("%s is longer than %d bytes", what, most) end
    return part
  end
  local parts, size = { part }, #part
  while not ends and size <= most do
    part, ends = self:fragment()
    if not part then break end
    parts[#parts + 1] = part
    size = size + #part
  end
  if size > most then self:fail("%s is longer than %d bytes", what, most) end
  return table.concat(parts)
end

-- A whole line. Nil at the end.
function Source:line(most)
  local part, ends = self:fragment()
  return part and self:rest(part, ends, most, "the line")
end

-- What a generic `for` needs so that a loop left early closes the file too.
function source.iterate(opened, step)
  local closer = setmetatable({}, { __close = function() opened:close() end })
  local ended = false
  local function next_value()
    if ended then return nil end
    local a, b, c = step()
    if a == nil then
      ended = true
      opened:close()
    end
    return a, b, c
  end
  return next_value, nil, nil, closer
end

return source
