-- Bytes: the CRC-32 of a text, with the table built first.
local crcs = {}
for i = 0, 255 do
  local crc = i
  for _ = 1, 8 do
    if crc & 1 == 1 then crc = 0xEDB88320 ~ (crc >> 1) else crc = crc >> 1 end
  end
  crcs[i] = crc
end

local function crc32(text)
  local crc = 0xFFFFFFFF
  for i = 1, #text do
    crc = crcs[(crc ~ text:byte(i)) & 0xFF] ~ (crc >> 8)
  end
  return crc ~ 0xFFFFFFFF
end

assert(crc32("123456789") == 0xCBF43926)
return crc32(("The quick brown fox jumps over the lazy dog. "):rep(14000))
