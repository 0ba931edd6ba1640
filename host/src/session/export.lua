-- The data of a script as Lua source. Runs beside the script: the library here is a fresh one, the argument is
-- the table of the script's globals. Everything is read raw, and nothing of the script is called.
local globals = ...
local library = _G

-- Tables that lie deeper are written by statements of their own: the parser takes no more than 200 levels.
local NESTED = 50
-- Steps that the path of something left out shows at most, and bytes of a name in it.
local STEPS, NAME = 32, 64

local out = {} -- pieces of the source
local left = {} -- what was left out: path, why, path, why
local places = {} -- where each table is written
local parts = {} -- tables that get statements of their own: table, its place, where it belongs
local references = {} -- fields whose table is written elsewhere: place, table

local function put(text) out[#out + 1] = text end

-- ---- words ------------------------------------------------------------------------------------

local reserved = { _ENV = true, part = true } -- what they mean in the source is not a global
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then
  true until while]]):gmatch("%a+") do
  reserved[word] = true
end

local escapes = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\", ['"'] = '\\"' }

local function escape(byte) return escapes[byte] or ("\\x%02x"):format(byte:byte()) end

-- Text stays readable; of bytes that are none, those above 127 are escaped.
local function quoted(text)
  local special = utf8.len(text) and '[%c\\"]' or '[%c\\"\x80-\xff]'
  return '"' .. text:gsub(special, escape) .. '"'
end

local function float(value)
  if value ~= value then return "0/0" end
  if value == math.huge then return "1/0" end
  if value == -math.huge then return "-1/0" end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then return text:find("[.e]") and text or text .. ".0" end
  end
end

local function number(value)
  if math.type(value) == "float" then return float(value) end
  return value == math.mininteger and "0x8000000000000000" or ("%d"):format(value)
end

local function scalar(value)
  local kind = type(value)
  if kind == "string" then return quoted(value) end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return value and "true" or "false" end
end

local function is_name(key)
  return type(key) == "string" and key:find("^[%a_][%w_]*$") ~= nil and not reserved[key]
end

local function suffix(key)
  return is_name(key) and "." .. key or "[" .. scalar(key) .. "]"
end

-- ---- places ------------------------------------------------------------------------------------

-- A root is written as its text; what is shown of a part is the place where it belongs.
local function root(text, belongs) return { text = text, belongs = belongs, depth = 0 } end

local function field(place, key) return { above = place, key = key, depth = place.depth + 1 } end

local function global(key) return root(is_name(key) and key or "_ENV" .. suffix(key)) end

local function written(place)
  local steps = {}
  while not place.text do
    steps[#steps + 1] = suffix(place.key)
    place = place.above
  end
  steps[#steps + 1] = place.text
  for i = 1, #steps // 2 do steps[i], steps[#steps + 1 - i] = steps[#steps + 1 - i], steps[i] end
  return table.concat(steps)
end

local function shown_step(key)
  if type(key) == "string" and #key > NAME then return '["' .. key:sub(1, NAME):gsub("[^%w_ ]", "?") .. '…"]' end
  return suffix(key)
end

local function shown(place)
  local steps = {}
  while place.above or place.belongs do
    if place.above then
      if #steps == STEPS then
        steps[#steps + 1] = "…"
        break
      end
      steps[#steps + 1] = shown_step(place.key)
    end
    place = place.above or place.belongs
  end
  if not place.above and not place.belongs then
    steps[#steps + 1] = #place.text > 2 * NAME and place.text:sub(1, NAME) .. "…" or place.text
  end
  for i = 1, #steps // 2 do steps[i], steps[#steps + 1 - i] = steps[#steps + 1 - i], steps[i] end
  return table.concat(steps)
end

local function leave_out(place, why)
  left[#left + 1] = shown(place)
  left[#left + 1] = why
end

-- ---- keys -------------------------------------------------------------------------------------

local ranks = { number = 1, string = 2, boolean = 3 }

local function before(one, other)
  local a, b = ranks[type(one)], ranks[type(other)]
  if a ~= b then return a < b end
  if a == 3 then return one == false and other == true end
  return one < other
end

-- The keys behind the first `count` of a sequence that can be written, in their order; the others are told of.
local function sorted_keys(of, count, place)
  local keys, others = {}, 0
  for key in next, of do
    if not ranks[type(key)] then
      others = others + 1
    elseif math.type(key) ~= "integer" or key < 1 or key > count then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys, before)
  for _ = 1, others do leave_out(place, "key") end
  return keys
end

-- ---- values -----------------------------------------------------------------------------------

-- Whether a value can be written here; where not, it is told of, or a statement of its own will do it.
local function fits(value, place)
  local kind = type(value)
  if kind ~= "table" then
    if not ranks[kind] then leave_out(place, kind) end
    return ranks[kind] ~= nil
  end
  if places[value] then
    references[#references + 1] = place
    references[#references + 1] = value
    return false
  end
  if place.depth < NESTED then return true end
  local part = root(("part[%d]"):format(#parts // 3 + 1), place)
  places[value] = part
  parts[#parts + 1] = value
  parts[#parts + 1] = part
  parts[#parts + 1] = place
  return false
end

local write

local function write_sequence(of, place)
  local count = 0
  while true do
    local value = rawget(of, count + 1)
    if value == nil then return count end
    count = count + 1
    if count > 1 then put(", ") end
    local at = field(place, count)
    if fits(value, at) then write(value, at) else put("nil") end
  end
end

local function write_table(of, place)
  places[of] = place
  if debug.getmetatable(of) then leave_out(place, "metatable") end
  put("{")
  local count = write_sequence(of, place)
  local separator = count > 0 and ", " or ""
  for _, key in ipairs(sorted_keys(of, count, place)) do
    local value, at = rawget(of, key), field(place, key)
    if fits(value, at) then
      put(separator .. (is_name(key) and key or "[" .. scalar(key) .. "]") .. " = ")
      write(value, at)
      separator = ", "
    end
  end
  put("}")
end

function write(value, place)
  if type(value) == "table" then write_table(value, place) else put(scalar(value)) end
end

local function statement(place, value)
  if not fits(value, place) then return end
  put(written(place) .. " = ")
  write(value, place)
  put("\n")
end

-- ---- the library ------------------------------------------------------------------------------

local function is_original(value) return type(value) == "function" and debug.getinfo(value, "S").what == "C" end

-- Whether a table is the library of its name, in which a script may have changed something.
local function is_library(value, original)
  if type(value) ~= "table" or type(original) ~= "table" then return false end
  for key in next, original do
    if type(rawget(value, key)) == "function" then return true end
  end
  return false
end

-- What a fresh session has too. Paths of packages, and what is loaded, are each session's own.
local function is_standard(value, original, in_package)
  if original == nil then return false end
  if type(original) == "function" then return is_original(value) end
  if type(original) == "userdata" or in_package then return type(value) == type(original) end
  return rawequal(value, original)
end

local function write_library(name, lib)
  local place, original = global(name), rawget(library, name)
  if debug.getmetatable(lib) then leave_out(place, "metatable") end
  for _, key in ipairs(sorted_keys(lib, 0, place)) do
    local value = rawget(lib, key)
    if not is_standard(value, rawget(original, key), name == "package") then
      statement(field(place, key), value)
    end
  end
end

-- ---- all of it --------------------------------------------------------------------------------

local function write_globals()
  for _, key in ipairs(sorted_keys(globals, 0, root("_G"))) do
    local value, original = rawget(globals, key), rawget(library, key)
    if rawequal(value, globals) and key == "_G" then
      -- each session's own
    elseif type(value) == "table" and places[value] and places[value].text == key then
      write_library(key, value)
    elseif not is_standard(value, original, false) then
      statement(global(key), value)
    end
  end
end

local function write_parts()
  local at = 1
  while parts[at] do
    local value, part, place = parts[at], parts[at + 1], parts[at + 2]
    put(part.text .. " = ")
    write_table(value, part)
    put("; " .. written(place) .. " = " .. part.text .. "\n")
    at = at + 3
  end
end

if type(globals) ~= "table" then return "", left end
places[globals] = root("_ENV")
if debug.getmetatable(globals) then leave_out(root("_G"), "metatable") end
for _, key in ipairs(sorted_keys(library, 0, root("_G"))) do
  local value = rawget(globals, key)
  if is_library(value, rawget(library, key)) and not places[value] then places[value] = root(key) end
end
write_globals()
write_parts()
for at = 1, #references, 2 do
  put(written(references[at]) .. " = " .. written(places[references[at + 1]]) .. "\n")
end
return (#parts > 0 and "local part = {}\n" or "") .. table.concat(out), left
