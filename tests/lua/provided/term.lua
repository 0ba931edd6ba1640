--- expect: ok
-- term, term.colors, term.cursor.
local term = require "term"
print(term == require "term.core", term.colors == require "term.colors", term.cursor == require "term.cursor")
local function shown(text) return (tostring(text):gsub("\27", "ESC")) end
local names = {}
for name in pairs(term.colors) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do print(name, shown(term.colors[name]), shown(term.colors[name].value)) end
print(shown(term.colors.red "text"), shown(term.colors.bright .. "x" .. term.colors.onblue .. term.colors.reset))
print(shown(term.colors.red(1)), shown(term.colors.red()))
print((pcall(term.isatty)), term.isatty(io.stdout))
print((term.clear(io.stdout) == io.stdout))
term.cleareol()
term.cursor.jump(3, 4)
term.cursor["goto"](io.stdout, 5, 6)
for _, name in ipairs { "goup", "godown", "goleft", "goright" } do term.cursor[name](2) end
term.cursor.save()
term.cursor.restore(io.stdout)
print(term.cursor.jump == term.cursor["goto"], pcall(term.cursor.goup) and "" or "needs a number")
