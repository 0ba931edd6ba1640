--- expect: cpu
--- fuel: 2e8
-- The function behind a local to be closed never returns.
print "before" --> before
do
  local guard <close> = setmetatable({}, { __close = function() while true do end end })
end
print "after"
