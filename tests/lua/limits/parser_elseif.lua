--- expect: cpu
-- A chain of elseif makes the compiler patch a list of jumps that grows with every branch.
local parts = { "if x then " }
for i = 1, 60000 do parts[#parts + 1] = "elseif x then " end
parts[#parts + 1] = "end"
print("before") --> before
for _ = 1, 1000 do load(table.concat(parts)) end
