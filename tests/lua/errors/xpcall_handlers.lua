--- expect: ok
-- xpcall: the handler sees the error at the place where it happened, and its result is returned.
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil)) --> true	2	1	nil
print(xpcall(error, function(e) return "handled " .. e end, "x")) --> false	handled x
print(xpcall(error, function(e) return e, "cut" end, "one value")) --> false	one value
print(xpcall(error, function() end, "x")) --> false	nil
local where
xpcall(function() local marker = 1; error("deep") end, function() where = debug.getlocal(2, 1) == "marker" or debug.getlocal(3, 1) == "marker" end)
print(where) --> true
print(xpcall(function() local x = nil; x.y = 1 end, function(e) return (e:gsub("^.-:%d+: ", "")) end))
--> false	attempt to index a nil value (local 'x')
print(pcall(xpcall)) --> false	bad argument #2 to 'xpcall' (function expected, got no value)
print(pcall(xpcall, print)) --> false	bad argument #2 to 'xpcall' (function expected, got no value)
print(pcall(xpcall, print, nil)) --> false	bad argument #2 to 'xpcall' (function expected, got nil)
local nested = xpcall(function()
  return xpcall(error, function(e) return "inner " .. e end, "a")
end, function() return "outer" end)
print(nested) --> true
local calls = 0
local ok, e = xpcall(error, function(m) calls = calls + 1; if calls < 5 then error(m .. calls, 0) end return "given up: " .. m end, "e")
print(ok, e, calls) --> false	given up: e1234	5
local co = coroutine.create(function() return xpcall(function() coroutine.yield("y"); error("after", 0) end, function(m) return "h:" .. m end) end)
print(coroutine.resume(co)) --> true	y
print(coroutine.resume(co)) --> true	false	h:after
