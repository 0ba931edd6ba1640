--- expect: exit 3
-- With close, the state ends first: finalizers and __close run, and cannot change the status or go on.
local guard <close> = setmetatable({}, { __close = function() print "closed" error "x" end })
Keep = setmetatable({}, { __gc = function() print "finalized" error "y" end })
os.exit(3, true)
--> closed
--> finalized
