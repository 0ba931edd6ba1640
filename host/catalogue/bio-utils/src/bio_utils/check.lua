-- Arguments: each function raises an error that names the argument, at the place that called the package.
local check = {}

local CALLER = 3 -- check function, function of the package, its caller

local function shown(value)
  if type(value) == "string" then return ("%q"):format(#value > 40 and value:sub(1, 40) .. "..." or value) end
  if value ~= value then return "nan" end
  if type(value) == "number" or type(value) == "boolean" or value == nil then return tostring(value) end
  return "a " .. type(value)
end

function check.fail(name, expected, value, level)
  error(("argument `%s`: expected %s, got %s"):format(name, expected, shown(value)), (level or CALLER) + 1)
end

-- The position of the first character that is not in a set (as in a Lua pattern, both cases), or nil. A run from the
-- beginning is several times as fast as a search for the complement of the set.
function check.first_other(value, set)
  local at = value:match("^[" .. set .. set:lower() .. "]*()")
  return at <= #value and at or nil
end

-- A string in which only letters of `set` stand. What it is called in messages is `kind`.
function check.sequence(value, name, set, kind, level)
  if type(value) ~= "string" then check.fail(name, "a sequence", value, (level or CALLER) + 1) end
  local at = set and check.first_other(value, set)
  if at then
    local message = "argument `%s`: %q at position %d is no letter of %s"
    error(message:format(name, value:sub(at, at), at, kind), level or CALLER)
  end
end

function check.integer(value, name, least, most)
  local integer = math.type(value) and math.tointeger(value)
  if not integer or integer < least or integer > most then
    check.fail(name, ("an integer from %d to %d"):format(least, most), value)
  end
  return integer
end

function check.choice(value, name, choices, default, level)
  if value == nil then return default end
  for _, choice in ipairs(choices) do
    if value == choice then return choice end
  end
  check.fail(name, "one of `" .. table.concat(choices, "`, `") .. "`", value, (level or CALLER) + 1)
end

-- The options with their defaults; a name that is not among these is refused.
function check.options(options, defaults)
  if options == nil then return defaults end
  if type(options) ~= "table" then check.fail("options", "a table", options) end
  local result = {}
  for name in pairs(options) do
    if defaults[name] == nil then
      local names = {}
      for known in pairs(defaults) do names[#names + 1] = known end
      table.sort(names)
      check.fail("options", "the names `" .. table.concat(names, "`, `") .. "`", name)
    end
  end
  for name, default in pairs(defaults) do
    local value = options[name]
    if value == nil then value = default end
    if type(value) ~= type(default) then check.fail(name, "a " .. type(default), value) end
    result[name] = value
  end
  return result
end

return check
