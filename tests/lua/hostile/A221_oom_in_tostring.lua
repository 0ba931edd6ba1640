--- expect: ok
--- memory: 16MiB
-- Memory ends in every metamethod that the library calls.
local function hungry() return ("x"):rep(64 << 20) end
local object = setmetatable({}, { __tostring = hungry, __len = hungry, __index = hungry, __lt = hungry, __concat = hungry, __call = hungry, __pairs = hungry, __newindex = hungry })
local attempts = {
  function() return tostring(object) end, function() return string.format("%s", object) end, function() return print(object) end,
  function() return #object end, function() return object.x end, function() return object < object end,
  function() return object .. "x" end, function() return object() end, function() return pairs(object) end,
  function() return table.concat(object) end, function() return table.unpack(object) end, function() return table.sort(object) end,
  function() return ("x"):gsub("x", object) end, function() object.x = 1 end, function() return load(object) end,
}
for i, attempt in ipairs(attempts) do
  local ok, message = pcall(attempt)
  assert(not ok or i == #attempts, i)
  assert(ok or message == "not enough memory" or message:match "bad argument", message)
end
print "all of them" --> all of them
