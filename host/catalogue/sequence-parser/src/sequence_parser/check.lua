-- Arguments: each function raises an error that names the argument, at the place that called the package.
local check = {}

local CALLER = 3 -- check function, function of the package, its caller

local function shown(value)
  if type(value) == "string" then return ("%q"):format(#value > 40 and value:sub(1, 40) .. "..." or value) end
  if type(value) == "number" or type(value) == "boolean" or value == nil then return tostring(value) end
  return "a " .. type(value)
end

function check.fail(name, expected, value, level)
  error(("argument `%s`: expected %s, got %s"):format(name, expected, shown(value)), (level or CALLER) + 1)
end

function check.string(value, name, level)
  if type(value) ~= "string" then check.fail(name, "a string", value, (level or CALLER) + 1) end
end

-- The options with their defaults; a name that is not among these is refused, a number below 1 too.
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
    if type(value) ~= type(default) then check.fail(name, "a " .. type(default), value) end
    if type(value) == "number" and (math.type(value) ~= "integer" or value < 1) then
      check.fail(name, "an integer from 1 up", value)
    end
    result[name] = value
  end
  return result
end

function check.choice(value, name, choices, level)
  if choices[value] ~= nil then return choices[value] end
  local names = {}
  for known in pairs(choices) do names[#names + 1] = known end
  table.sort(names)
  check.fail(name, "one of `" .. table.concat(names, "`, `") .. "`", value, (level or CALLER) + 1)
end

-- A pattern whose match is the position of the first character that is not in the set; both cases count as one. Letters
-- in a row become a range: a set is tried item by item for each character. A run from the beginning is several times
-- as fast as a search for the complement of the set.
function check.run(letters)
  local wanted, ranges = {}, {}
  for i = 1, #letters do
    wanted[letters:upper():byte(i)], wanted[letters:lower():byte(i)] = true, true
  end
  local value = 0
  while value <= 255 do
    local last = value
    while wanted[last + 1] and wanted[value] do last = last + 1 end
    if wanted[value] then
      local from, to = string.char(value), string.char(last)
      local plain = from:find "^%w$" and to:find "^%w$" and last - value > 1
      if plain then ranges[#ranges + 1] = from .. "-" .. to end
      for single = value, plain and value - 1 or last do
        ranges[#ranges + 1] = string.char(single):gsub("%W", "%%%0")
      end
    end
    value = last + 1
  end
  return "^[" .. table.concat(ranges) .. "]*()"
end

return check
