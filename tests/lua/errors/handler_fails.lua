--- expect: ok
--- fuel: 1e10
--- time: 5s
-- A message handler that always fails ends in a fixed message, and the VM goes on.
local ok, e = xpcall(error, function(m) error(m) end, "x")
print(ok, type(e)) --> false	string
print(e) --> error in error handling
local ok2, e2 = xpcall(error, function() local t = nil; return t.x end, "x")
print(ok2, e2) --> false	error in error handling
local function overflow() return 1 + overflow() end
local ok3, e3 = xpcall(overflow, function(m) return "handled: " .. m end)
-- With little memory the recursion ends in "not enough memory", for which no handler is called.
print(ok3, e3:match("^handled: .*stack overflow") ~= nil or e3 == "not enough memory") --> false	true
print(pcall(error, "still fine")) --> false	still fine
