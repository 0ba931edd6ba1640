--- rocks: basexx
local basexx = require "basexx"
local text = "any carnal pleas\0\255"
for _, name in ipairs { "bit", "hex", "base32", "crockford", "base64", "url64", "z85" } do
  local encode, decode = basexx["to_" .. name], basexx["from_" .. name]
  local source = name == "z85" and text:sub(1, 16) or text
  local encoded = encode(source)
  print(name, encoded, decode(encoded) == source)
end
print(basexx.from_hex "zz")
print(basexx.from_base64("aGVs\nbG8=", "\n"))
