--- expect: ok
--- mount: files
-- File handles as values: io.type, tostring, metatable, closing twice, use after closing.
local f = assert(io.open("/files/lines.txt"))
print(io.type(f), io.type(io.stdin), io.type(42), io.type({}), io.type(nil)) --> file	file	nil	nil	nil
print((tostring(f):gsub("0x%x+", "ADDR")), type(f)) --> file (ADDR)	userdata
print(f == f, f == io.stdin, rawequal(f, f)) --> true	false	true
print(f:close(), io.type(f), tostring(f)) --> true	closed file	file (closed)
print(pcall(f.read, f)) --> false	attempt to use a closed file
print(pcall(f.close, f)) --> false	attempt to use a closed file
print(pcall(f.seek, f)) --> false	attempt to use a closed file
print(pcall(f.lines, f)) --> false	attempt to use a closed file
print(pcall(io.close, f)) --> false	attempt to use a closed file
print(pcall(io.type)) --> false	bad argument #1 to 'io.type' (value expected)
print(pcall(f.read, 42)) --> false	bad argument #1 to '?' (FILE* expected, got number)
print(pcall(f.read, io)) --> false	bad argument #1 to '?' (FILE* expected, got table)
local mt = getmetatable(f)
print(mt.__name, type(mt.__index), type(mt.__gc), type(mt.__close), type(mt.__tostring), mt.__index.read == f.read) --> FILE*	table	function	function	function	true
print(pcall(mt.__gc, {})) --> false	bad argument #1 to '?' (FILE* expected, got table)
do
  local scoped <close> = assert(io.open("/files/lines.txt"))
  f = scoped
end
print(io.type(f)) --> closed file
print(pcall(function() return f.missing_method end)) --> true	nil
