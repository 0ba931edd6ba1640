--- expect: memory
--- memory: 16MiB
-- Every library function that builds large strings or tables fails the same way.
local big = ("x"):rep(1024):rep(512)
local function try(f, ...)
  local ok, message = pcall(f, ...)
  collectgarbage()
  return not ok and message
end
local many = {}
for i = 1, 60 do many[i] = big end
print(try(table.concat, many)) --> not enough memory
print(try(string.gsub, big:sub(1, 50000), "x", ("y"):rep(1024))) --> not enough memory
print(try(string.format, ("%s"):rep(60), table.unpack(many))) --> not enough memory
print(try(string.rep, big, 60, big)) --> not enough memory
print(try(string.pack, ("s4"):rep(60), table.unpack(many))) --> not enough memory
print(try(table.move, setmetatable({}, { __index = function() return {} end }), 1, 1e9, 1, {})) --> not enough memory
print(#big) --> 524288
