--- expect: ok
-- system: clocks and waiting.
local system = require "system"
print(system == require "system.core", system._VERSION)
print(math.type(system.gettime()), math.type(system.monotime()))
print(math.abs(system.gettime() - os.time()) < 2)
local function waited(seconds, ...)
  local before = system.monotime()
  print(select("#", system.sleep(seconds, ...)))
  return system.monotime() - before
end
local took = waited(0.05)
print(took >= 0.049, took < 5)
print(waited(0) < 5, waited(-1) < 5, waited("0.001") < 5)
-- the functions are in two modules, so their names are not sure
print((select(2, pcall(system.sleep)):gsub("'.*'", "'sleep'")))
print((select(2, pcall(system.sleep, "x")):gsub("'.*'", "'sleep'")))
