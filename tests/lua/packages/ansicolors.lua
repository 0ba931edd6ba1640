--- rocks: ansicolors
local colors = require "ansicolors"
-- Messages without the place where they were raised.
local function fails(f, ...)
  local ok, message = pcall(f, ...)
  print(ok, (tostring(message):gsub("^[^:]*:%d+: ", "")))
end
local function plain(text) return (text:gsub("\27", "ESC")) end
print(plain(colors "%{red bright}alarm%{reset} and %{bluebg}ground"))
print(plain(colors.noReset "%{underline}x"), plain(colors "no colour"))
fails(colors, "%{nocolour}x")
