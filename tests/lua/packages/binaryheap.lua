--- rocks: binaryheap
local binaryheap = require "binaryheap"
-- Messages without the place where they were raised.
local function fails(f, ...)
  local ok, message = pcall(f, ...)
  print(ok, (tostring(message):gsub("^[^:]*:%d+: ", "")))
end
local heap = binaryheap.minUnique()
for name, priority in ("g5 c3 t9 a1 n7"):gmatch "(%a)(%d)" do heap:insert(tonumber(priority), name) end
print(heap:size(), heap:peek(), heap:valueByPayload "t")
heap:update("t", 0)
heap:remove "c"
local order = {}
while heap:size() > 0 do order[#order + 1] = heap:pop() end
print(table.concat(order, " "))
local largest = binaryheap.maxHeap()
for _, n in ipairs { 4, 8, 1, 9, 3 } do largest:insert(n) end
print(largest:pop(), largest:pop(), largest:peek(), largest:size())
fails(heap.insert, heap, 1, nil)
