--- expect: memory
--- memory: 8MiB
-- A chunk whose constants do not fit into memory.
local kib = ("s"):rep(1024)
local function source()
  local i = 0
  return function() i = i + 1; return "x" .. i % 100 .. "='" .. kib:rep(20) .. i .. "' " end
end
print(load(source())) --> nil	not enough memory
collectgarbage()
print(#kib:rep(1024)) --> 1048576
