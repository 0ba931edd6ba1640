--- expect: syntax
--- message: syntax_unfinished_string.lua:4: unfinished string near '"open'
-- A string that never ends.
local x = "open
