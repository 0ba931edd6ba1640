--- expect: ok
-- A million lines; and a line number in a message that is right behind them.
local f, message = load(("\n"):rep(1000000) .. "x x", "=lines")
print(f, message) --> nil	lines:1000001: syntax error near 'x'
f = load(("\r\n"):rep(100000) .. "error 'here'", "=lines")
print(pcall(f)) --> false	lines:100001: here
print(select(2, load("x =\n\n\n\n=", "=lines"))) --> lines:5: unexpected symbol near '='
