--- expect: ok
-- Clocks never go backwards, and go in steps of a millisecond or none.
local clock, time = os.clock(), os.time()
local system = require "system"
local mono = system.monotime()
for _ = 1, 20000 do
  local c, t, m = os.clock(), os.time(), system.monotime()
  assert(c >= clock and t >= time and m >= mono)
  for _, step in ipairs { c - clock, m - mono } do assert(step == 0 or step > 0.00099, step) end
  clock, time, mono = c, t, m
end
print(os.clock() * 1000 % 1 < 1e-6 or os.clock() * 1000 % 1 > 1 - 1e-6) --> true
print(os.difftime(5, 3), (pcall(os.difftime))) --> 2.0	false
