-- Strings: building, joining, cutting, formatting.
local parts = {}
for i = 1, 24000 do
  parts[#parts + 1] = string.format("%05d:%x", i, i * 31)
end
local text = table.concat(parts, ",")

local line, joined = "", 0
for i = 1, 6000 do
  line = line .. string.char(97 + i % 26)
  if #line > 400 then
    joined = joined + #line
    line = line:sub(200)
  end
end

local sum = 0
for i = 1, #text, 4 do
  local piece = text:sub(i, i + 5)
  sum = (sum * 31 + piece:byte(1) + #piece:upper()) % 1000000007
end
for i = 1, 2000 do
  sum = sum + #(("ab"):rep(i % 50)) + #tostring(i * 1.5)
end
return sum + joined + #text:reverse()
