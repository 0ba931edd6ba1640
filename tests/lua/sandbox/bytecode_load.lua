--- expect: ok
-- load refuses precompiled chunks, whatever the mode, the reader and the damage done to them.
local function f(a, b) local c = a + b; return function() c = c + 1; return c end end
local dumped = string.dump(f)
print(dumped:sub(1, 4) == "\27Lua", #dumped > 50, #string.dump(f, true) < #dumped) --> true	true	true
local function refused(...)
  local chunk, message = load(...)
  assert(chunk == nil and type(message) == "string", message)
end
for _, code in ipairs { dumped, string.dump(f, true), "\27Lua", "\27", "\27Lua" .. ("x"):rep(1000), dumped:sub(1, #dumped // 2) } do
  refused(code)
  refused(code, "name")
  refused(code, "name", "b")
  refused(code, "name", "bt")
  refused(code, "name", "t")
  refused(code, "=stdin", "b", {})
end
for size = 1, 7 do
  local position = 1 - size
  refused(function()
    position = position + size
    local piece = dumped:sub(position, position + size - 1)
    return piece ~= "" and piece or nil
  end, "pieces", "b")
end
for i = 1, #dumped do
  refused(dumped:sub(1, i - 1) .. string.char((dumped:byte(i) + 1) % 256) .. dumped:sub(i + 1), "patched", i > 1 and "b" or "t")
end
refused("return 1", "text", "b")
refused("return 1", "text", "")
print("all refused") --> all refused
print(load("return 1", "text", "t")(), load("return 2", "text", "bt")()) --> 1	2
print(pcall(string.dump, print)) --> false	unable to dump given function
print(pcall(load, dumped, "x", "b", nil) and select("#", load(dumped))) --> 2
