--- expect: ok
-- What the compiler says, and near what.
local function try(source) print((select(3, pcall(load, source, "=c")))) end
try("x =") --> c:1: unexpected symbol near <eof>
try("x = }") --> c:1: unexpected symbol near '}'
try("for i = 1 do end") --> c:1: ',' expected near 'do'
try("if x then") --> c:1: 'end' expected near <eof>
try("if x\n\n\nthen y(") --> c:4: unexpected symbol near <eof>
try("function f(a, ...) return a end end") --> c:1: <eof> expected near 'end'
try("function f(1) end") --> c:1: <name> or '...' expected near '1'
try("local function") --> c:1: <name> expected near <eof>
try("return 1,") --> c:1: unexpected symbol near <eof>
try("x = 'unfinished") --> c:1: unfinished string near <eof>
try("x = \"line\nbreak\"") --> c:1: unfinished string near '"line'
try("f() = 1") --> c:1: syntax error near '='
try("a.b:c = 1") --> c:1: function arguments expected near '='
try("x + 1") --> c:1: syntax error near '+'
try("local 1 = 2") --> c:1: <name> expected near '1'
try("return return") --> c:1: unexpected symbol near 'return'
try("x = @") --> c:1: unexpected symbol near '@'
try("x = a ~= = b") --> c:1: unexpected symbol near '='
try("for k, v of t do end") --> c:1: 'in' expected near 'of'
try("repeat local x = 1") --> c:1: 'until' expected near <eof>
try("x = function() end end") --> c:1: <eof> expected near 'end'
try("return ...; print()") --> c:1: <eof> expected near 'print'
try(("a"):rep(300) .. " b") --> c:1: syntax error near 'b'
try("local " .. ("x,"):rep(300) .. "y") --> c:1: too many local variables (limit is 200) in main function near ','
try("local a = {" .. ("{"):rep(300)) --> C stack overflow
try("return " .. ("("):rep(300)) --> C stack overflow
