--- expect: ok
--- memory: 16MiB
-- A text that doubles ends in an error of memory that is caught, and the memory comes back, twenty times.
for _ = 1, 20 do
  local size = 0
  local ok, message = pcall(function()
    local s = "x"
    while true do s = s .. s size = #s end
  end)
  assert(not ok and message == "not enough memory", message)
  assert(size >= 1 << 20 and size < 16 << 20, size)
  collectgarbage()
end
print(collectgarbage "count" < 4096, #("x"):rep(2 << 20)) --> true	2097152
