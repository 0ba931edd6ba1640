--- expect: syntax
--- message: syntax_unexpected_symbol.lua:5: unexpected symbol near '='
-- The chunk itself does not compile: nothing of it runs.
print("must not run")
local x = = 1
