--- expect: ok
--- memory: 16MiB
-- A chunk that does not fit, as text, by a reader, and as a text in a text; then load works as before.
local piece = ("x = { 1, 'text', function() return x end }\n"):rep(1000)
print(load(function() return piece end)) --> nil	not enough memory
collectgarbage()
local sent = false
print(load(function() if sent then return ("x"):rep(100000) end sent = true return "return [[" end)) --> nil	not enough memory
collectgarbage()
print(load("return 1 + 1")()) --> 2
