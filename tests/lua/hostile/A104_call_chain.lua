--- expect: ok
-- __call that is a table with __call, over and over: each adds an argument.
local object = function(...) return select("#", ...), (select(300, ...)) end
for _ = 1, 300 do object = setmetatable({}, { __call = object }) end
local count, last = object()
print(count, last == object) --> 300	true
