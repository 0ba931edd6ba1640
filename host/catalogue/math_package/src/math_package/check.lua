-- Arguments: each function raises an error that names the argument, at the place that called the package.
local check = {}

local math_type, huge = math.type, math.huge
local CALLER = 3 -- check function, function of the package, its caller

local function shown(value)
  if type(value) == "string" then return ("%q"):format(#value > 40 and value:sub(1, 40) .. "..." or value) end
  if value ~= value then return "nan" end -- which prints with a sign on some machines
  if type(value) == "number" or value == nil then return tostring(value) end
  return "a " .. type(value)
end

function check.fail(name, expected, value, level)
  error(("argument `%s`: expected %s, got %s"):format(name, expected, shown(value)), (level or CALLER) + 1)
end

function check.number(value, name)
  if math_type(value) == nil or value ~= value or value == huge or value == -huge then
    check.fail(name, "a finite number", value)
  end
end

-- An integer, or a float without a fraction, as an integer.
function check.integer(value, name, least, most)
  local integer = math_type(value) and math.tointeger(value)
  if not integer or integer < least or integer > most then
    check.fail(name, ("an integer from %d to %d"):format(least, most), value)
  end
  return integer
end

-- A sequence of at least `least` finite numbers. Returns how many.
function check.list(list, name, least)
  if type(list) ~= "table" then check.fail(name, "a list of numbers", list) end
  local count = #list
  if count < least then
    check.fail(name, ("a list of at least %d numbers"):format(least), count)
  end
  for i = 1, count do
    local value = list[i]
    if math_type(value) == nil or value - value ~= 0 then
      check.fail(("%s[%d]"):format(name, i), "a finite number", value)
    end
  end
  return count
end

function check.pairs(x, y, least)
  local count = check.list(x, "x", least)
  local others = check.list(y, "y", least)
  if count ~= others then
    error(("arguments `x` and `y`: expected lists of one length, got %d and %d"):format(count, others), CALLER)
  end
  return count
end

function check.choice(value, name, choices, default)
  if value == nil then return default end
  for _, choice in ipairs(choices) do
    if value == choice then return choice end
  end
  check.fail(name, "one of `" .. table.concat(choices, "`, `") .. "`", value)
end

return check
