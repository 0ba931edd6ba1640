--- expect: ok
--- mount: work
-- Every byte survives a round trip; no newline is translated.
local bytes = {}
for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
local all = table.concat(bytes)
for _, mode in ipairs { "w", "wb" } do
  local f = assert(io.open("/work/bytes.bin", mode))
  f:write(all, "\r\n\n\r\0\26", all)
  f:close()
  local r = assert(io.open("/work/bytes.bin", mode == "w" and "r" or "rb"))
  local back = r:read("a")
  r:close()
  print(#back, back == all .. "\r\n\n\r\0\26" .. all) --> 518	true
  --> 518	true
end
local f = assert(io.open("/work/crlf.txt", "w"))
f:write("one\r\ntwo\r\n\0three\n")
f:close()
local lengths = {}
for line in io.lines("/work/crlf.txt") do lengths[#lengths + 1] = #line end
print(table.concat(lengths, " ")) --> 4 4 6
