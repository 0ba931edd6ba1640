--- expect: ok
-- A file is given the metatables of other types, and the other way round; methods check what they are given.
local write, close, seek = io.stdout.write, io.stdout.close, io.stdout.seek
for _, wrong in ipairs { 1, "x", {}, print, coroutine.create(print) } do
  for _, method in ipairs { write, close, seek, io.stdout.read, io.stdout.lines, io.stdout.setvbuf, io.stdout.flush } do
    assert(not pcall(method, wrong, "x"))
  end
end
local mt = getmetatable(io.stdout)
local fake = setmetatable({}, mt)
print(select(2, pcall(write, fake, "x")):match "FILE%* expected") --> FILE* expected
print((pcall(mt.__gc, fake)), (pcall(mt.__tostring, fake)), io.type(fake)) --> false	false	nil
debug.setmetatable(print, mt)
print((pcall(write, print, "x"))) --> false
print((pcall(tostring, print))) --> false
debug.setmetatable(print, nil)
print(io.type(io.stdout)) --> file
