--- expect: ok
-- print and tostring replaced by functions that fail or never say what they should.
local real = print
tostring = function() error("no tostring") end
print = function() error("no print") end
real("print does not need the global tostring", 1.5, nil) --> print does not need the global tostring	1.5	nil
local ok, message = pcall(print, "x")
real(ok, message) --> false	poisoned_print_tostring.lua:5: no print
string.format = nil
real(pcall(error, "still an error")) --> false	still an error
real(select("#", pcall(load, "x = ="))) --> 3
require, package.loaded, package.searchers = nil, nil, nil
real(pcall(assert, false, "fine")) --> false	fine
