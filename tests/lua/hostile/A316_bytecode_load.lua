--- expect: ok
-- load refuses what begins as a binary chunk, in every mode, from a text and from a reader.
local refused = "attempt to load a binary chunk (mode is 't')"
local dump = string.dump(function(...) return ... end)
local stripped = string.dump(function() end, true)
for _, chunk in ipairs { dump, stripped, "\27", "\27Lua", "\27Lua" .. ("\0"):rep(1000), "\27" .. ("x"):rep(100), "\27Luac", "\27LuaT\0\x19\x93\r\n" } do
  for _, mode in ipairs { "b", "bt", "tb" } do
    local f, message = load(chunk, "=b", mode)
    assert(f == nil and message == refused, message)
    local at = 0
    f, message = load(function() at = at + 1 return at <= #chunk and chunk:sub(at, at) or nil end, "=b", mode, {})
    assert(f == nil and message == refused, message)
  end
  assert(load(chunk) == nil)
  assert(load(chunk, "=b", "t") == nil)
end
print(select(2, load("return 1", "=b", "b"))) --> attempt to load a text chunk (mode is 'b')
print(pcall(string.dump, print)) --> false	unable to dump given function
