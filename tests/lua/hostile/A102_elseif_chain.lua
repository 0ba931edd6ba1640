--- expect: cpu
--- fuel: 3e8
-- A chain of two thousand comparisons, run for ever.
local parts = { "local x = ... while true do if x == 0 then x = 1" }
for i = 1, 2000 do parts[#parts + 1] = (" elseif x == -%d then x = 1"):format(i) end
parts[#parts + 1] = " end end"
local chain = assert(load(table.concat(parts)))
print "before" --> before
chain(0)
print "after"
