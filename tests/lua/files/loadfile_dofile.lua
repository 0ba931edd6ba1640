--- expect: ok
--- mount: files
-- loadfile and dofile: results, environment, first lines with a hash, what fails and how.
print(dofile("/files/chunk.lua")) --> 42	second
print(dofile("/files/chunk.lua"), answer) --> 43	43
print(loadfile("/files/shebang.lua")("argument")) --> after the shebang	argument
print(dofile("/files/hash.lua"), dofile("/files/bom.lua")) --> 7	after the byte order mark
local env = { answer = 99 }
print(loadfile("/files/chunk.lua", "t", env)(), env.answer, answer) --> 100	100	43
print(loadfile("/files/broken.lua")) --> nil	/files/broken.lua:2: unexpected symbol near 'return'
print(pcall(dofile, "/files/broken.lua")) --> false	/files/broken.lua:2: unexpected symbol near 'return'
print(pcall(dofile, "/files/raises.lua")) --> false	/files/raises.lua:1: raised while running
print(loadfile("/files/missing.lua")) --> nil	cannot open /files/missing.lua: No such file or directory
print(pcall(dofile, "/files/missing.lua")) --> false	cannot open /files/missing.lua: No such file or directory
print(loadfile("/files/chunk.lua", "b")) --> nil	attempt to load a text chunk (mode is 'b')
print(loadfile("/files/empty.txt") ~= nil, select("#", dofile("/files/empty.txt"))) --> true	0
print(loadfile("/files/lines.txt")) --> nil	/files/lines.txt:1: syntax error near 'line'
print(loadfile("/files/sub") == nil, type(select(2, loadfile("/files/sub")))) --> true	string
local info = debug.getinfo(loadfile("/files/shebang.lua"), "SL")
print(info.source, (next(info.activelines))) --> @/files/shebang.lua	2
