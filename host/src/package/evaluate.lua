-- Runs a text that calls itself data: in an environment that is empty and stays so, as LuaRocks does.
-- Gives the globals that it set, what it returned, and the globals that it read and had not set.
local text, name, most = ...

local undeclared, count = {}, 0
local function note(_, key)
  if count < most and undeclared[key] == nil then
    undeclared[key] = true
    count = count + 1
  end
end

local environment = setmetatable({}, { __index = note })
local chunk, message = load(text, name, "t", environment)
if not chunk then error(message, 0) end
text = nil
local returned = chunk()
setmetatable(environment, nil)

local names = {}
for key in pairs(undeclared) do
  names[#names + 1] = type(key) == "string" and key:sub(1, 100) or type(key)
end
table.sort(names)
if type(returned) ~= "table" then returned = false end
return environment, returned, names
