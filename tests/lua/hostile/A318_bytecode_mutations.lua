--- expect: ok
-- Each byte of a dump changed: never a function.
local dump = string.dump(function(a) local t = { a, "text", 1.5 } return function() return t, a end end)
for i = 1, #dump do
  for _, bits in ipairs { 1, 128, 255 } do
    local changed = dump:sub(1, i - 1) .. string.char(dump:byte(i) ~ bits) .. dump:sub(i + 1)
    if i > 1 then assert(load(changed, "x", "b") == nil) end
    assert(load(changed, "x", "bt") == nil)
  end
end
print "never" --> never
