-- Arguments: each function raises an error that names the argument, at the place that called the package.
local check = {}

local CALLER = 3 -- check function, function of the package, its caller
local LETTERS = "^[ACGTURYSWKMBDHVNacgturyswkmbdhvn-]*()"

local function shown(value)
  if type(value) == "string" then return ("%q"):format(#value > 40 and value:sub(1, 40) .. "..." or value) end
  if type(value) == "number" or type(value) == "boolean" or value == nil then return tostring(value) end
  return "a " .. type(value)
end

function check.fail(name, expected, value, level)
  error(("argument `%s`: expected %s, got %s"):format(name, expected, shown(value)), (level or CALLER) + 1)
end

-- Nucleotide codes of the IUPAC and gaps, as upper-case DNA.
function check.sequence(value, name)
  if type(value) ~= "string" then check.fail(name, "a sequence", value) end
  local at = value:match(LETTERS)
  if at <= #value then
    error(("argument `%s`: %q at position %d is no nucleotide code"):format(name, value:sub(at, at), at), CALLER)
  end
  local upper = value:upper()
  return upper:find("U", 1, true) and (upper:gsub("U", "T")) or upper
end

function check.integer(value, name, least, most, level)
  local integer = math.type(value) and math.tointeger(value)
  if not integer or integer < least or integer > most then
    check.fail(name, ("an integer from %d to %d"):format(least, most), value, (level or CALLER) + 1)
  end
  return integer
end

function check.choice(value, name, choices)
  for _, choice in ipairs(choices) do
    if value == choice then return choice end
  end
  check.fail(name, "one of `" .. table.concat(choices, "`, `") .. "`", value)
end

-- The options with their defaults; a name that is not among these is refused. A genetic code goes by number or by name.
function check.options(options, defaults)
  if options ~= nil and type(options) ~= "table" then check.fail("options", "a table", options) end
  local result = {}
  for name in pairs(options or {}) do
    if defaults[name] == nil then
      local names = {}
      for known in pairs(defaults) do names[#names + 1] = known end
      table.sort(names)
      check.fail("options", "the names `" .. table.concat(names, "`, `") .. "`", name)
    end
  end
  for name, default in pairs(defaults) do
    local value = options and options[name]
    if value == nil then value = default end
    if name ~= "code" and type(value) ~= type(default) then check.fail(name, "a " .. type(default), value) end
    result[name] = value
  end
  return result
end

return check
