--- expect: ok
--- mount: work
-- A file of 2 MiB, written in pieces, copied block by block, read line by line.
local line = ("0123456789abcde"):rep(4) .. "xyz\n"
local f = assert(io.open("/work/large.txt", "w"))
for _ = 1, 32768 do f:write(line) end
print(f:seek("end")) --> 2097152
f:close()
local from <close> = assert(io.open("/work/large.txt", "rb"))
local to = assert(io.open("/work/copy.txt", "wb"))
for block in from:lines(65536) do to:write(block) end
to:close()
local lines, bytes = 0, 0
for l in io.lines("/work/copy.txt", "L") do
  lines, bytes = lines + 1, bytes + #l
  assert(l == line)
end
print(lines, bytes) --> 32768	2097152
local g <close> = assert(io.open("/work/copy.txt"))
print(#g:read("a"), g:seek("set", 64 * 1000), g:read(5)) --> 2097152	64000	01234
