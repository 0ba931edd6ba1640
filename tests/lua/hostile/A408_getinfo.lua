--- expect: ok
-- getinfo with options that do not exist, levels that do not, and of functions that are gone.
print(pcall(debug.getinfo, 1, ">")) --> false	bad argument #2 to 'debug.getinfo' (invalid option '>')
print(pcall(debug.getinfo, 1, "X")) --> false	bad argument #2 to 'debug.getinfo' (invalid option)
print(debug.getinfo(1 << 30), debug.getinfo(math.maxinteger)) --> nil	nil
print(#debug.getinfo(1, ("S"):rep(100000)).short_src) --> 16
local f = load("return 1", ("x"):rep(100000))
print(#debug.getinfo(f, "S").source, #debug.getinfo(f, "S").short_src < 100) --> 100000	true
local stripped = load(("\n"):rep(1000) .. "local a return function() end")()
print(debug.getinfo(stripped, "SL").linedefined) --> 1001
local lines = 0
for _ in pairs(debug.getinfo(load(("x = 1\n"):rep(10000)), "L").activelines) do lines = lines + 1 end
print(lines) --> 10000
