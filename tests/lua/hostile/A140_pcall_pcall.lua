--- expect: cpu
--- fuel: 2e8
-- pcall of pcall of pcall: the stop passes through all of them.
print "before" --> before
local arguments = {}
for i = 1, 180 do arguments[i] = pcall end
arguments[#arguments + 1] = function() while true do end end
print(pcall(table.unpack(arguments)))
print "after"
