--- expect: ok
-- Every function of lpeg, with every kind of argument: a result or an error.
local lpeg = require "lpeg"
local values = { 0, 1, -1, math.maxinteger, math.mininteger, 1.5, "", "x", ("x"):rep(1000), {}, { 1 }, true, type, io.stdout, lpeg.P "x", lpeg.V "y", (coroutine.running()) }
local calls = 0
local loud = { setmaxstack = true, ptree = true, pcode = true, locale = true }
local print = function() end
for name, f in pairs(lpeg) do
  if type(f) == "function" and not loud[name] then
    for _, a in ipairs(values) do
      pcall(f, a)
      for _, b in ipairs(values) do pcall(f, a, b) pcall(f, a, b, a) calls = calls + 1 end
    end
  end
end
for _, a in ipairs(values) do for _, b in ipairs(values) do
  pcall(function() return lpeg.P(a) ^ b end) pcall(function() return lpeg.P(a) / b end) pcall(function() return lpeg.P(a) - b end)
  pcall(function() return lpeg.P(a) * b end) pcall(function() return -lpeg.P(a) + #lpeg.P(b) end)
end end
_G.print(calls > 1000, lpeg.match(lpeg.C(lpeg.R "az" ^ 1), "abc")) --> true	abc
