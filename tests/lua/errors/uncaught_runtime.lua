--- expect: raised
--- message: uncaught_runtime.lua:6: attempt to index a nil value (field 'settings')
-- An error of the language itself names the line and the variable.
local config = {}
io.write("unflushed output is kept too\n") --> unflushed output is kept too
print(config.settings.colour)
