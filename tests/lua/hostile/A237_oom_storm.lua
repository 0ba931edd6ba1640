--- expect: cpu
--- fuel: 3e8
--- memory: 16MiB
-- Errors of memory without end are paid for.
print "before" --> before
while true do
  local ok, message = pcall(string.rep, "x", 60 << 20)
  assert(not ok and message == "not enough memory")
end
