--- expect: ok
-- debug can change locals, upvalues and metatables of any function, and the VM keeps its senses.
local secret = 1
local function use() return secret end
debug.setupvalue(use, 1, "changed")
print(secret, use()) --> changed	changed
local function victim() local a, b = 1, 2; debug.setlocal(1, 2, "set"); return a, b end
print(pcall(victim)) --> true	1	set
local name, value = debug.getupvalue(load("return x"), 1)
print(name, value == _G) --> _ENV	true
local chunk = load("return marker")
debug.setupvalue(chunk, 1, { marker = "own environment" })
print(chunk()) --> own environment
debug.upvaluejoin(chunk, 1, use, 1)
print(pcall(chunk)) --> true	nil
for level = 0, 20 do
  local info = debug.getinfo(level, "nSlutfrL")
  if not info then break end
  for i = -5, 20 do pcall(debug.getlocal, level, i) end
  for i = 1, 10 do pcall(debug.getupvalue, info.func, i) end
end
for i = 1, 3 do pcall(debug.setlocal, 1, 50 + i, {}) end
print(select("#", pcall(debug.traceback, "x", math.maxinteger)), select("#", pcall(debug.getinfo, math.mininteger))) --> 2	2
print(pcall(debug.setuservalue, io.stdout, {}, 5)) --> true	nil
collectgarbage()
print("sane") --> sane
