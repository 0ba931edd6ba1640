--- expect: ok
-- Every function of debug, with every kind of argument: results or errors.
local values = { 0, 1, -1, 1.5, math.maxinteger, math.mininteger, 1 << 31, 0 / 0, "", "x", ">", "nSltufrL", {}, print, function() end, io.stdout, (coroutine.running()), coroutine.create(print), true }
local names = {}
for name in pairs(debug) do if name ~= "debug" and name ~= "sethook" and name ~= "setmetatable" and name ~= "setlocal" then names[#names + 1] = name end end
table.sort(names)
local calls = 0
for _, name in ipairs(names) do
  local f = debug[name]
  pcall(f)
  for _, a in ipairs(values) do
    pcall(f, a)
    for _, b in ipairs(values) do
      pcall(f, a, b)
      if name ~= "setupvalue" then pcall(f, a, b, 1) pcall(f, a, b, values[1], 1) end
      calls = calls + 1
    end
  end
end
print(#names, calls) --> 13	4693
