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

function check.string(value, name, level)
  if type(value) ~= "string" then check.fail(name, "a string", value, (level or CALLER) + 1) end
end

-- A node: a table whose children, if it has any, are a list.
function check.tree(value, name, level)
  if type(value) ~= "table" or (value.children ~= nil and type(value.children) ~= "table") then
    check.fail(name or "tree", "a tree", value, (level or CALLER) + 1)
  end
end

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

function check.choice(value, name, choices, default)
  if value == nil then return default end
  for _, choice in ipairs(choices) do
    if value == choice then return choice end
  end
  check.fail(name, "one of `" .. table.concat(choices, "`, `") .. "`", value)
end

return check
