--- expect: exit 8
-- os.exit where C code is on the stack: in a comparison of table.sort inside a gsub callback.
local function leave() table.sort({ 3, 2, 1 }, function() os.exit(8) end) end
print(("x"):gsub("x", leave))
