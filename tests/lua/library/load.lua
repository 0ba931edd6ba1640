--- expect: ok
-- load from strings and functions, chunk names, modes and environments.
print(load("return 1 + 1")(), load("return ...", "=n")("arg")) --> 2	arg
print(load("syntax error here")) --> nil	[string "syntax error here"]:1: syntax error near 'error'
print(load("x = = 1", "=short")) --> nil	short:1: unexpected symbol near '='
print(load("x = = 1", "@file.lua")) --> nil	file.lua:1: unexpected symbol near '='
print(select(2, load("x = = 1", ("long name "):rep(20)))) --> [string "long name long name long name long name long ..."]:1: unexpected symbol near '='
print(select(2, load("x = = 1", "@" .. ("long/"):rep(20) .. "x"))) --> ...long/long/long/long/long/long/long/long/long/long/long/x:1: unexpected symbol near '='
print(select(2, load("\n\nx = = 1", "first line\nsecond"))) --> [string "first line..."]:3: unexpected symbol near '='
local function reader(...)
  local parts, i = table.pack(...), 0
  return function() i = i + 1; return parts[i] end
end
print(load(reader("return ", "10", " + ", 5))()) --> 15
print(load(reader("return 1", "", "garbage"))()) --> 1
print(select("#", load(reader())())) --> 0
print(pcall(load, reader({}))) --> true	nil	reader function must return a string
print(pcall(load, function() error("reader failed", 0) end)) --> true	nil	reader failed
print(load("return _ENV", "=e", "t", "any value")()) --> any value
print(load("return x", "=e", "bt", { x = "from env" })()) --> from env
print(load("return 1", "=m", "b")) --> nil	attempt to load a text chunk (mode is 'b')
print(pcall(load, 42)) --> true	nil	[string "42"]:1: unexpected symbol near '42'
print(pcall(load)) --> false	bad argument #1 to 'load' (function expected, got no value)
print(type(load("")), select("#", load("")())) --> function	0
local f = load("local a = ... ; return function() a = a + 1; return a end")
local g, h = f(1), f(10)
print(g(), g(), h()) --> 2	3	11
print(#load("return '" .. ("x"):rep(100000) .. "'")()) --> 100000
print(load("#!/usr/bin/lua\nreturn 1")) --> nil	[string "#!/usr/bin/lua..."]:1: unexpected symbol near '#'
