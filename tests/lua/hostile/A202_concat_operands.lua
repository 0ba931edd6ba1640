--- expect: ok
-- A concatenation of a hundred and fifty large texts is one allocation, which is refused at once.
local big = ("x"):rep(1 << 20)
local parts = {}
for i = 1, 150 do parts[i] = "s" end
local f = assert(load("local s = ... return " .. table.concat(parts, "..")))
print(pcall(f, big)) --> false	not enough memory
print(#f "ab") --> 300
print(pcall(function() return big .. {} end)) --> false	A202_concat_operands.lua:9: attempt to concatenate a table value
for i = 151, 250 do parts[i] = "s" end
print(load("local s = ... return " .. table.concat(parts, ".."), "=long")) --> nil	C stack overflow
