--- expect: ok
-- Orders that contradict themselves, change the list, yield, raise, or compare what cannot be.
local list = {}
for i = 1, 500 do list[i] = i * 7919 % 1009 end
local wild = { function() return true end, function() return false end, function(a, b) return a ~= b end, function(a, b) list[a % 500 + 1] = nil return a < (b or 0) end,
  function(a) return a % 2 == 0 end, function() error "order" end, function() return coroutine.yield() end, function() for i = 1, 500 do list[i] = i end return true end }
for i, order in ipairs(wild) do
  for at = 1, 500 do list[at] = at * 7919 % 1009 end
  local ok, message = pcall(table.sort, list, order)
  assert(ok or type(message) == "string", i)
end
print(pcall(table.sort, { 1, "x" })) --> false	attempt to compare string with number
print(pcall(table.sort, setmetatable({}, { __len = function() return 1 << 31 end }))) --> false	bad argument #1 to 'table.sort' (array too big)
print(pcall(table.sort, setmetatable({}, { __len = function() return -1 end }))) --> true
print(pcall(table.sort, { 1, 2 }, 5)) --> false	bad argument #2 to 'table.sort' (function expected, got number)
