--- rocks: fifo
local fifo = require "fifo"
-- Messages without the place where they were raised.
local function fails(f, ...)
  local ok, message = pcall(f, ...)
  print(ok, (tostring(message):gsub("^[^:]*:%d+: ", "")))
end
local q = fifo("a", "b")
q:push "c"
print(q:length(), q:peek(), q:peek(3), #q)
print(q:pop(), q:pop(), q:pop())
fails(q.pop, q)
q:setempty(function() return "empty" end)
print(q:pop(), q:length())
for i = 1, 5 do q:push(i * i) end
print(q:remove(2), q:length(), q:peek(2))
while q:length() > 0 do io.write(q:pop(), " ") end
print()
