-- cjson.util: files, and values as text, beside cjson. What the original has for testing itself is not here.
local cjson = require "cjson"

local util = {}

local MOST_TABLES = 50 -- in each other

--- The content of a file, or of standard input.
function util.file_load(name)
  local file, message = io.stdin, nil
  if name then file, message = io.open(name, "rb") end
  if not file then error(("Unable to read '%s': %s"):format(name, message)) end
  local content = file:read "a"
  if name then file:close() end
  return content or error("Failed to read " .. tostring(name))
end

--- Writes a file, or to standard output.
function util.file_save(name, content)
  local file, message = io.stdout, nil
  if name then file, message = io.open(name, "wb") end
  if not file then error(("Unable to write '%s': %s"):format(name, message)) end
  file:write(content)
  if name then file:close() end
end

-- The last place of an array without too many holes: 0 for an empty table, nothing for another one.
local function array_length(t)
  local last, items = 0, 0
  for key in pairs(t) do
    if type(key) ~= "number" then return nil end
    last, items = math.max(last, key), items + 1
  end
  return last <= 2 * items and last or nil
end

local function table_text(t, indent, depth)
  if depth > MOST_TABLES then return "Cannot serialise any further: too many nested tables" end
  local inner = indent and indent .. "  "
  local before, after = inner and "\n" .. inner or " ", indent and "\n" .. indent or " "
  local pieces, length = {}, array_length(t)
  if length then
    for place = 1, length do pieces[place] = util.serialise_value(t[place], inner, depth) end
  else
    for key, value in pairs(t) do
      local name = util.serialise_value(key, inner, depth)
      pieces[#pieces + 1] = ("[%s] = %s"):format(name, util.serialise_value(value, inner, depth))
    end
  end
  return "{" .. before .. table.concat(pieces, "," .. before) .. after .. "}"
end

--- A value as Lua source, more or less: on lines of their own below `indent`, or all on one line where that
--- is false.
function util.serialise_value(value, indent, depth)
  if indent == nil then indent = "" end
  local kind = type(value)
  if value == cjson.null then return "json.null" end
  if kind == "string" then return ("%q"):format(value) end
  if kind == "nil" or kind == "number" or kind == "boolean" then return tostring(value) end
  if kind == "table" then return table_text(value, indent, (depth or 0) + 1) end
  return ('"<%s>"'):format(kind)
end

--- Whether two values are the same, tables by what is in them.
function util.compare_values(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then
    return one == other or (one ~= one and other ~= other)
  end
  for key, value in pairs(one) do
    if not util.compare_values(value, other[key]) then return false end
  end
  for key in pairs(other) do
    if one[key] == nil then return false end
  end
  return true
end

--- Runs Lua source in an environment of its own, which it gives back.
function util.run_script(source, environment)
  environment = environment or {}
  local chunk = load(source, nil, "t", environment)
  if not chunk then error "Invalid syntax." end
  chunk()
  return environment
end

return util
