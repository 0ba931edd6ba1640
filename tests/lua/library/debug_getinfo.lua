--- expect: ok
-- debug.getinfo: every kind of field, for Lua and C functions, by level and by value.
local function here(a, b, ...)
  local i = debug.getinfo(1, "nSlutfr")
  print(i.name, i.namewhat, i.source, i.short_src, i.what) --> here	local	@debug_getinfo.lua	debug_getinfo.lua	Lua
  print(i.currentline, i.linedefined, i.lastlinedefined) --> 4	3	8
  print(i.nups, i.nparams, i.isvararg, i.istailcall, i.func == here, i.ftransfer, i.ntransfer) --> 2	2	true	false	true	0	0
end
here()
local c = debug.getinfo(print)
print(c.what, c.short_src, c.source, c.currentline, c.linedefined, c.nparams, c.isvararg, c.func == print) --> C	[C]	=[C]	-1	-1	0	true	true
local main = debug.getinfo(1, "S")
print(main.what, main.linedefined, main.source) --> main	0	@debug_getinfo.lua
print(debug.getinfo(100), debug.getinfo(0, "n").name) --> nil	getinfo
local lines = debug.getinfo(here, "L").activelines
local sorted = {}
for l in pairs(lines) do sorted[#sorted + 1] = l end
table.sort(sorted)
print(table.concat(sorted, " ")) --> 4 5 6 7 8
local function tail() return debug.getinfo(1, "t").istailcall end
local function calls_tail() return tail() end
print((tail()), (calls_tail())) --> false	true
print(pcall(debug.getinfo, 1, "X")) --> false	bad argument #2 to 'debug.getinfo' (invalid option)
print(pcall(debug.getinfo, "f")) --> false	bad argument #1 to 'debug.getinfo' (number expected, got string)
print(pcall(debug.getinfo, 1, ">S")) --> false	bad argument #2 to 'debug.getinfo' (invalid option '>')
local co = coroutine.create(function() local x = 1; coroutine.yield() end)
coroutine.resume(co)
print(debug.getinfo(co, 0, "n").name, debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 2)) --> yield	26	nil
local m = setmetatable({}, { __add = function() return debug.getinfo(1, "n") end })
local n = m + 1
print(n.name, n.namewhat) --> add	metamethod
