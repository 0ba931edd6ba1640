-- term.colors: colours of terminals by their names. Each can be put before a text, or called with it.
local colors = {}

local color = {}

function color:__tostring() return self.value end

function color.__concat(left, right) return tostring(left) .. tostring(right) end

function color:__call(text) return tostring(self) .. tostring(text) .. tostring(colors.reset) end

local function define(names, first)
  for name in names:gmatch "%S+" do
    if name ~= "-" then colors[name] = setmetatable({ value = ("\27[%dm"):format(first) }, color) end
    first = first + 1
  end
end

define("reset bright dim - underscore blink - reverse hidden", 0)
define("clear", 0)
define("default", 0)
define("black red green yellow blue magenta cyan white", 30)
define("onblack onred ongreen onyellow onblue onmagenta oncyan onwhite", 40)

return colors
