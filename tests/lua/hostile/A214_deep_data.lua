--- expect: ok
--- memory: 32MiB
-- A list of tables a hundred thousand deep is collected, and compared, without a deep stack.
local list
for i = 1, 100000 do list = { list, i } end
collectgarbage()
local depth = 0
local at = list
while at do depth = depth + 1 at = at[1] end
print(depth) --> 100000
list, at = nil, nil
collectgarbage()
local f = print
for _ = 1, 50000 do local inner = f f = function() return inner end end
collectgarbage()
f = nil
collectgarbage()
local object
for _ = 1, 50000 do object = setmetatable({}, { __index = object, __gc = function() end }) end
collectgarbage()
object = nil
collectgarbage()
collectgarbage()
print(collectgarbage "count" < 4096) --> true
