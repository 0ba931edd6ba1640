--- expect: ok
-- Upvalues of library functions, of and of searchers, are set to anything.
local values = { false, 1, "x", {}, print, io.stdout, (coroutine.running()) }
local functions = { package.searchers[1], package.searchers[2], package.searchers[3], package.searchers[4], require, ipairs {}, debug.sethook }
local count = 0
for i, f in ipairs(functions) do
  for at = -1, 6 do
    for _, value in ipairs(values) do
      local ok, name = pcall(debug.setupvalue, f, at, value)
      if ok and name and f ~= require then pcall(f) count = count + 1 end
    end
  end
end
collectgarbage()
print(count > 0, 1 + 1) --> true	2
