--- expect: ok
--- memory: 192MiB
-- An error object of sixty MiB, caught, raised again and made longer.
local ok, message = pcall(function() error(("x"):rep(1 << 20):rep(60), 0) end)
print(ok, #message) --> false	62914560
ok, message = pcall(error, message, 0)
print(ok, #message) --> false	62914560
print(pcall(function() return message .. message .. message end)) --> false	not enough memory
local text
ok, text = xpcall(error, function(e) return e:rep(9) end, message, 0)
print(ok, type(text)) --> false	string
text, message = nil, nil
collectgarbage()
print(#("x"):rep(1 << 20):rep(60)) --> 62914560
