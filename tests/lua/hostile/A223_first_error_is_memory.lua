--- expect: memory
--- memory: 16MiB
-- Nothing was thrown before: the first throw of this VM is the one for want of memory, uncaught.
local t = {}
for i = 1, 1 << 40 do t[i] = { i } end
