-- Where a feature lies: the location language of the feature table definition (DDBJ, ENA, GenBank; 3.4).
local check = require "sequence_parser.check"

local location = {}

local MOST_DEPTH = 16 -- brackets in brackets; real ones have two or three
local MOST_PARTS = 100000
local OPERATORS = { join = true, order = true, bond = true }

local function fail(state, format, ...)
  local text = #state.text > 60 and state.text:sub(1, 60) .. "..." or state.text
  error({ message = ("location `%s`: " .. format):format(text, ...) })
end

local function take(state, pattern)
  local first, last, capture = state.text:find("^" .. pattern, state.at)
  if not first then return nil end
  state.at = last + 1
  return capture or state.text:sub(first, last)
end

local function number(state)
  local digits = take(state, "%d+") or fail(state, "expected a number at character %d", state.at)
  return math.tointeger(tonumber(digits)) or fail(state, "the number %s is too large", digits)
end

-- A position: a number, <n, >n, (n.m), n.m or one-of(n,m,...). Returns the least, the most, its mark, and its choices.
local function position(state)
  local mark = take(state, "[<>]")
  if take(state, "one%-of%(") then
    local choices, least, most = {}, math.huge, 0
    repeat
      local choice = number(state)
      choices[#choices + 1], least, most = choice, math.min(least, choice), math.max(most, choice)
    until not take(state, ",")
    if not take(state, "%)") then fail(state, "expected `)` at character %d", state.at) end
    return least, most, mark, choices
  end
  local bracket = take(state, "%(")
  local low = number(state)
  local high = low
  if state.text:find("^%.%d", state.at) then
    state.at = state.at + 1
    high = number(state)
  end
  if bracket and not take(state, "%)") then fail(state, "expected `)` at character %d", state.at) end
  return low, high, mark, low ~= high and { low, high } or nil
end

local function add(state, parts, part)
  local length, first, last = state.length, part.first, part.last
  if #parts >= MOST_PARTS then fail(state, "more than %d parts", MOST_PARTS) end
  if length and not part.accession and (first > length or last > length) then
    fail(state, "%d lies beyond the %d letters of the record", math.max(first, last), length)
  end
  if first < 1 then fail(state, "positions begin at 1") end
  if first <= last or part.between then
    parts[#parts + 1] = part
  elseif state.circular and length and not part.between and not part.accession then
    local mark, choices = part.first_mark, part.first_choices
    parts[#parts + 1] = { first = first, last = length, strand = 1, first_mark = mark, first_choices = choices }
    mark, choices = part.last_mark, part.last_choices
    parts[#parts + 1] = { first = 1, last = last, strand = 1, last_mark = mark, last_choices = choices }
  else
    fail(state, "%d comes after %d", first, last)
  end
end

-- n, n..m, n^m, each also on another record.
local function span(state, parts)
  local part = { strand = 1, accession = take(state, "([%w_]+%.?%d*):") }
  local low, high, mark, choices = position(state)
  part.first, part.last, part.first_mark, part.first_choices = low, high, mark, choices
  if take(state, "%.%.") then
    local _
    _, part.last, part.last_mark, part.last_choices = position(state)
  elseif take(state, "%^") then
    part.between = true
    part.last = number(state)
    local around = part.last == 1 and (part.accession or not state.length or part.first == state.length)
    if part.last ~= part.first + 1 and not around then
      fail(state, "%d and %d are not neighbours", part.first, part.last)
    end
  end
  add(state, parts, part)
end

local parse -- and the three below call each other, as deep as the brackets go

local function complement(state, parts, depth)
  local inner = {}
  parse(state, inner, depth + 1)
  for i = #inner, 1, -1 do
    inner[i].strand = -inner[i].strand
    parts[#parts + 1] = inner[i]
  end
end

local function combined(state, parts, depth)
  repeat parse(state, parts, depth + 1) until not take(state, ",")
end

function parse(state, parts, depth)
  if depth > MOST_DEPTH then fail(state, "more than %d brackets in each other", MOST_DEPTH) end
  local operator = state.text:match("^(%a+)%(", state.at)
  if not operator then return span(state, parts) end
  if operator ~= "complement" and not OPERATORS[operator] then fail(state, "`%s` is no operator", operator) end
  state.at = state.at + #operator + 1
  if operator == "complement" then
    complement(state, parts, depth)
  else
    state.operator = state.operator or operator
    combined(state, parts, depth)
  end
  if not take(state, "%)") then fail(state, "expected `)` at character %d", state.at) end
end

local function summary(state, parts)
  local first, last, strand = math.huge, 0, parts[1].strand
  for _, part in ipairs(parts) do
    if not part.accession then first, last = math.min(first, part.first), math.max(last, part.last) end
    if part.strand ~= strand then strand = nil end
  end
  return {
    text = state.text, operator = state.operator, strand = strand, parts = parts,
    first = last > 0 and first or nil, last = last > 0 and last or nil,
  }
end

-- The location, or nil and what is wrong. `length` and `circular` are those of the record, where they are known.
function location.location(text, length, circular)
  check.string(text, "text")
  local state = { text = text:gsub("%s+", ""), at = 1, length = length, circular = circular }
  local ok, result = pcall(function()
    local parts = {}
    parse(state, parts, 1)
    if state.at <= #state.text then fail(state, "expected the end at character %d", state.at) end
    return summary(state, parts)
  end)
  if ok then return result end
  if type(result) == "table" then return nil, result.message end
  error(result, 0)
end

local COMPLEMENT = {}
for letters, others in pairs { ACGTRYSWKMBDHVN = "TGCAYRSWMKVHDBN" } do
  for i = 1, #letters do
    local from, to = letters:sub(i, i), others:sub(i, i)
    COMPLEMENT[from], COMPLEMENT[from:lower()] = to, to:lower()
  end
end

-- The letters of a feature, as it is read: parts joined, the other strand's reversed and complemented.
function location.feature_sequence(record, feature)
  if type(record) ~= "table" or type(record.sequence) ~= "string" then
    check.fail("record", "a record with its sequence", record)
  end
  if type(feature) ~= "table" or type(feature.location) ~= "table" then check.fail("feature", "a feature", feature) end
  local pieces = {}
  for _, part in ipairs(feature.location.parts) do
    if part.accession then
      error(("argument `feature`: a part of it lies on the record `%s`"):format(part.accession), 2)
    end
    if not part.between then
      local piece = record.sequence:sub(part.first, part.last)
      if part.strand < 0 then piece = piece:reverse():gsub(".", COMPLEMENT) end
      pieces[#pieces + 1] = piece
    end
  end
  return table.concat(pieces)
end

return location
