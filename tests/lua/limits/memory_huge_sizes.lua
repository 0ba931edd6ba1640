--- expect: memory
--- stdin: some input\n
-- Sizes around 2^31 and 2^32 are refused; none of them wraps around into a small allocation.
local count = 0
local function refused(f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "a huge size was accepted")
  count = count + 1
  return message
end
for _, base in ipairs { 1 << 31, 1 << 32, 1 << 33, math.maxinteger - 63 } do
  for offset = -40, 40 do
    local size = base + offset
    if size > 1 << 30 then
      refused(string.rep, "x", size)
      refused(string.rep, "", size // 2, "ab")
      if size < 1 << 32 then refused(io.read, size) end
    end
  end
end
print(refused(string.rep, "x", 1 << 30)) --> not enough memory
for size = -64, -1 do refused(io.read, size) end
print(count > 600, io.read("l"), #("x"):rep(1 << 20)) --> true	some input	1048576
