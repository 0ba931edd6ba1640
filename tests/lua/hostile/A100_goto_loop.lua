--- expect: cpu
--- fuel: 2e8
-- A label and a goto, with a block whose local is to be closed at every turn.
print "before" --> before
local count = 0
::again::
do
  local guard <close> = setmetatable({}, { __close = function() count = count + 1 end })
  if count >= 0 then goto again end
end
print "after"
