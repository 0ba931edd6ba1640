--- expect: memory
-- No message handler runs for a memory error; a handler that runs out of memory itself is cut short.
local handled = 0
print(xpcall(string.rep, function(e) handled = handled + 1; return e end, "x", 1 << 30)) --> false	not enough memory
print(handled) --> 0
local ok, message = xpcall(error, function() return ("x"):rep(1 << 30) end, "first")
print(ok, type(message)) --> false	string
print(#("x"):rep(1 << 20)) --> 1048576
