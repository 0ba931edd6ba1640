--- expect: ok
--- mount: files
--- mount: work
-- Handles that are forgotten are closed, and their buffers written, by the collector.
for i = 1, 400 do
  local f = assert(io.open("/files/lines.txt"))
  assert(f:read("l") == "first line")
  f = nil
  if i % 20 == 0 then collectgarbage() end
end
print("400 handles opened") --> 400 handles opened
local function forget() io.open("/work/forgotten.txt", "w"):write("written by the collector") end
forget()
collectgarbage()
print(io.open("/work/forgotten.txt"):read("a")) --> written by the collector
local kept = setmetatable({}, { __mode = "k" })
kept[assert(io.open("/files/lines.txt"))] = true
collectgarbage()
collectgarbage()
print(next(kept)) --> nil
