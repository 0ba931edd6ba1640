--- expect: cpu
--- fuel: 2e8
-- The state of an iterator is replaced by another userdata: the VM reads nonsense of its own memory, and is stopped.
print "before" --> before
local iterator = string.gmatch("x y", "%a")
debug.setupvalue(iterator, 3, io.stdout)
while true do pcall(iterator) end
