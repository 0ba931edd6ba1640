--- expect: ok
--- mount: work
-- Buffers of every size and mode, changed between writes: what was written is there.
local f = assert(io.open("/work/buffer", "w"))
local expected = {}
for i, size in ipairs { 0, 1, -1, 100, 1 << 20, 1 << 31, 1 << 32, math.maxinteger, math.mininteger } do
  for _, mode in ipairs { "no", "full", "line" } do
    pcall(f.setvbuf, f, mode, size)
    f:write(mode, i, "\n")
    expected[#expected + 1] = mode .. i .. "\n"
    pcall(f.setvbuf, f, mode)
    f:write(i, "\n")
    expected[#expected + 1] = i .. "\n"
  end
end
f:close()
local text = io.open("/work/buffer"):read "a"
print(text == table.concat(expected)) --> true
print(pcall(f.setvbuf, f, "no")) --> false	attempt to use a closed file
print(pcall(io.stdout.setvbuf, io.stdout, "some")) --> false	bad argument #2 to '?' (invalid option 'some')
io.stdout:setvbuf("no", 1 << 40)
io.stdout:setvbuf("full", 1)
print "still printing" --> still printing
