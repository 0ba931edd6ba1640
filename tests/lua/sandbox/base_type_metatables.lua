--- expect: ok
-- Metatables that fail on nil, numbers, booleans, functions, threads, strings and handles, left in place at the end.
print("before") --> before
local pcall, getmetatable, setmetatable = pcall, debug.getmetatable, debug.setmetatable
local function fail() error("metamethod of a base type", 0) end
local evil = { __index = fail, __newindex = fail, __call = fail, __tostring = fail, __name = 42, __gc = fail, __close = fail,
               __len = fail, __eq = fail, __lt = fail, __le = fail, __concat = fail, __unm = fail, __pairs = fail,
               __metatable = false, __mode = "kv" }
local print, tostring, stdout, write = print, tostring, io.stdout, io.stdout.write
for _, value in pairs { 1, true, print, coroutine.create(print), "text", stdout } do setmetatable(value, evil) end
setmetatable(nil, evil)
local function fails(f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and message == "metamethod of a base type")
end
fails(function() local n = nil; return n.x end)
fails(function() return (1).x end)
fails(function() return #1 end)
fails(function() return true .. 1 end)
fails(print, 1)
fails(tostring, nil)
fails(function() local f = print; f.x = 1 end)
assert(not pcall(write, stdout, "x"))
collectgarbage()
