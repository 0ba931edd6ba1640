--- expect: ok
-- Every option of collectgarbage.
local before = collectgarbage("count")
local junk = {}
for i = 1, 20000 do junk[i] = { i } end
local full = collectgarbage("count")
junk = nil
collectgarbage()
local after = collectgarbage("count")
print(math.type(before), full > before + 500, after < full - 500) --> float	true	true
print(collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"), collectgarbage("isrunning")) --> true	0	false	0	true
collectgarbage("incremental")
print(collectgarbage("generational"), collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("incremental")) --> incremental	generational	generational	incremental
print(collectgarbage("incremental", 200, 100, 13), collectgarbage("generational", 20, 100), collectgarbage("incremental")) --> incremental	incremental	generational
print(type(collectgarbage("setpause", 200)), type(collectgarbage("setstepmul", 100))) --> number	number
print(type(collectgarbage("step")), collectgarbage("collect"), collectgarbage()) --> boolean	0	0
print(pcall(collectgarbage, "nonsense")) --> false	bad argument #1 to 'collectgarbage' (invalid option 'nonsense')
print(pcall(collectgarbage, 1)) --> false	bad argument #1 to 'collectgarbage' (invalid option '1')
local nested
setmetatable({}, { __gc = function() nested = { collectgarbage("count"), collectgarbage() } end })
collectgarbage()
print(#nested) --> 0
