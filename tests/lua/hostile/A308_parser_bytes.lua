--- expect: ok
-- Each byte alone, between, and a thousand times, is source or is not, and never more than that.
local count = 0
for byte = 0, 255 do
  local text = string.char(byte)
  for _, source in ipairs { text, "x" .. text .. "y", "return " .. text, text:rep(1000), "'" .. text, "--" .. text, "[[" .. text } do
    local f, message = load(source, "=bytes")
    if f == nil then assert(type(message) == "string" and #message < 2000) else count = count + 1 end
  end
end
print(count > 256 and count < 256 * 3) --> true
print(load("\xef\xbb\xbfreturn 1") == nil, load("# comment\nreturn 1") == nil) --> true	true
