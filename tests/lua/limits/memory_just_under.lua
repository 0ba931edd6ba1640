--- expect: ok
-- A dozen MiB in one string, and the same in many small ones, fit below the default limit.
local s = ("abcd"):rep(256):rep(12 * 1024)
print(#s) --> 12582912
s = nil
collectgarbage()
local t = {}
for i = 1, 100000 do t[i] = ("%08d"):format(i):rep(4) end
print(#t, t[100000]) --> 100000	00100000001000000010000000100000
