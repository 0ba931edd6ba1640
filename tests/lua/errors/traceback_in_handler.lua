--- expect: ok
-- debug.traceback as the message handler.
local function inner() error("oops") end
local function middle() inner() end
local _, trace = xpcall(middle, debug.traceback)
for line in trace:gmatch("[^\n]+") do
  if not line:find("in ?", 1, true) then print((line:gsub("^%s+", ""))) end
end
--> traceback_in_handler.lua:3: oops
--> stack traceback:
--> [C]: in function 'error'
--> traceback_in_handler.lua:3: in upvalue 'inner'
--> traceback_in_handler.lua:4: in function <traceback_in_handler.lua:4>
--> [C]: in function 'xpcall'
--> traceback_in_handler.lua:5: in main chunk
local object = {}
print(select(2, xpcall(error, debug.traceback, object)) == object) --> true
print((select(2, xpcall(error, debug.traceback)):match("^stack traceback:"))) --> stack traceback:
