--- expect: ok
--- fuel: 4e9
-- Chains of elseif, of assignments and of returns: long ones load or are refused.
local parts = { "if x == 0 then" }
for i = 1, 5000 do parts[#parts + 1] = "elseif x == " .. i .. " then y = " .. i end
parts[#parts + 1] = "end return y"
local env = { x = 4999 }
print(load(table.concat(parts, " "), "=chain", "t", env)()) --> 4999
print(load("local a = 1 " .. ("a = a "):rep(10000) .. "return a")()) --> 1
local f, message = load(("a,"):rep(300) .. "a = 1")
print(f, message:match "C stack overflow") --> nil	C stack overflow
print(load("return " .. ("nil,"):rep(253) .. "nil") == nil) --> false
