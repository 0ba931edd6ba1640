--- expect: ok
--- memory: 32MiB
-- table.pack of table.unpack of the largest list, until memory ends.
local list = {}
for i = 1, 200000 do list[i] = i end
local kept = {}
local ok, message = pcall(function() while true do kept[#kept + 1] = table.pack(table.unpack(list)) end end)
print(ok, message, #kept > 1) --> false	not enough memory	true
for i = 1, #kept do assert(kept[i].n == 200000 and kept[i][200000] == 200000) end
