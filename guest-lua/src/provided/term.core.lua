-- term.core: escape sequences of terminals, written to standard output or to a file that is given. No file of a
-- VM is a terminal.
local term = { colors = require "term.colors" }

function term.isatty(file)
  if not io.type(file) then
    error(("bad argument #1 to 'isatty' (FILE* expected, got %s)"):format(file == nil and "no value" or type(file)), 2)
  end
  return false
end

-- A function that writes a sequence, filled with its arguments; a file may come before them.
local function writer(format)
  return function(first, ...)
    if io.type(first) == "file" then return first:write("\27[", (format:format(...))) end
    return io.stdout:write("\27[", (format:format(first, ...)))
  end
end

term.clear = writer "2J"
term.cleareol = writer "K"

term.cursor = {
  ["goto"] = writer "%d;%dH",
  goup = writer "%d;A",
  godown = writer "%d;B",
  goright = writer "%d;C",
  goleft = writer "%d;D",
  save = writer "s",
  restore = writer "u",
}
term.cursor.jump = term.cursor["goto"]

return term
