--- expect: ok
-- Handlers that fail, within handlers that fail: an error each time, and always one that can be used.
local depth = 0
local function fail() depth = depth + 1 error "again" end
local ok, message = xpcall(error, fail, "x")
print(ok, type(message), depth > 5, depth < 300) --> false	string	true	true
local function nested(n)
  if n == 0 then error "bottom" end
  return (select(2, xpcall(nested, function(e) return nested(n - 1) end, n - 1)))
end
print(type(nested(7))) --> string
print(xpcall(error, error, "x")) --> false	error in error handling
print(xpcall(error, function() return nil end)) --> false	nil
print(select("#", xpcall(error, function() return 1, 2, 3 end))) --> 2
for _ = 1, 1000 do assert(not xpcall(error, fail)) end
print(pcall(error, "still an error")) --> false	still an error
