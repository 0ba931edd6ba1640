-- Patterns: gmatch, gsub with each kind of replacement, find.
local record = ">seq%d organism=Yersinia pestis; length=%d; topology=circular\n"
local lines = {}
for i = 1, 3000 do lines[i] = record:format(i, i * 37 % 9000) end
local text = table.concat(lines)

local sum = 0
for name, value in text:gmatch("(%w+)=(%w+)") do
  sum = sum + #name * 3 + #value
end
local _, fields = text:gsub("%s*;%s*", ";")
local doubled = text:gsub("length=(%d+)", function(digits) return "length=" .. tonumber(digits) * 2 end)
local named = text:gsub("%a+", { circular = "round", organism = "species" })
local swapped = text:gsub("(%w+)=(%w+)", "%2=%1")

local position, found = 1, 0
while true do
  local first, last = text:find("^>seq%d+[^\n]*\n", position)
  if not first then break end
  found, position = found + 1, last + 1
end
return sum + fields * 10 + #doubled + #named + #swapped + found * 1000
