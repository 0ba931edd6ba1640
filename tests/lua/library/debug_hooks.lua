--- expect: ok
-- debug.sethook with call, return, line and count events, and its removal.
local events = {}
local function traced()
  local x = 1
  return x
end
debug.sethook(function(event, line) events[#events + 1] = line and event .. line or event end, "crl")
traced()
debug.sethook()
print(table.concat(events, " ")) --> return line9 call line5 line6 return line10 call
print(debug.gethook()) --> nil
local count = 0
debug.sethook(function(event) count = count + 1 end, "", 100)
for i = 1, 10000 do local x = i * 2 end
local hook, mask, every = debug.gethook()
debug.sethook()
print(type(hook), #mask, every, count > 100) --> function	0	100	true
local co = coroutine.create(function() for i = 1, 3 do coroutine.yield(i) end end)
local lines = 0
debug.sethook(co, function() lines = lines + 1 end, "l")
coroutine.resume(co)
coroutine.resume(co)
print(lines > 0, debug.gethook(co) ~= nil, debug.gethook()) --> true	true	nil
debug.sethook(function() error("stopped by hook") end, "", 1000)
print(pcall(function() while true do end end)) --> false	debug_hooks.lua:25: stopped by hook
debug.sethook()
print("after") --> after
local tail_events = {}
local function callee() end
local function caller() return callee() end
debug.sethook(function(e) tail_events[#tail_events + 1] = e end, "c")
caller()
debug.sethook()
print(table.concat(tail_events, " ")) --> call tail call call
