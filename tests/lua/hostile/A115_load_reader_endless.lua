--- expect: cpu
--- fuel: 3e8
-- load asks a function for pieces for ever: an endless comment takes no memory.
print "before" --> before
local first = true
print(load(function()
  if first then first = false return "--[[" end
  return " comment "
end))
