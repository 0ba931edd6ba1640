--- expect: cpu
--- fuel: 2e8
-- A hook at every line that raises: the program that catches it turns for ever.
print "before" --> before
local function turn() debug.sethook(function() error "hook" end, "l")
  while true do
    local _ = 1
  end
end
while true do pcall(turn) debug.sethook() end
