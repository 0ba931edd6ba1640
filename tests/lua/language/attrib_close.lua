--- expect: ok
-- A to-be-closed variable is closed on every way out of its block, last one first.
local function object(name)
  return setmetatable({}, { __close = function(_, e) print("close " .. name, e) end })
end
do
  local a <close> = object("a")
  local b <close> = object("b")
  local nothing <close> = nil
  local no <close> = false
  print("body") --> body
end
--> close b	nil
--> close a	nil
local function returns()
  local a <close> = object("r")
  return "value", #"xy"
end
print(returns())
--> close r	nil
--> value	2
for i = 1, 2 do
  local a <close> = object(i)
  if i == 2 then break end
end
--> close 1	nil
--> close 2	nil
do
  local again = true
  ::top::
  local a <close> = object("goto")
  if again then again = false goto top end
end
--> close goto	nil
--> close goto	nil
print(pcall(function() local a <close> = object("e"); error("why", 0) end))
--> close e	why
--> false	why
print(pcall(function() local bad <close> = {} end))
--> false	attrib_close.lua:39: variable 'bad' got a non-closable value
print(pcall(function() local bad <close> = 42 end))
--> false	attrib_close.lua:41: variable 'bad' got a non-closable value
local function not_a_tail_call()
  local a <close> = object("before the call returns")
  return (function() print("called"); return "result" end)()
end
print(not_a_tail_call())
--> called
--> close before the call returns	nil
--> result
