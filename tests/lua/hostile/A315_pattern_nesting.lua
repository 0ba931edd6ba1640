--- expect: ok
-- Patterns with too many captures, too deep, malformed.
local function message(...) return (select(2, pcall(string.find, ...))) end
print(message("x", ("("):rep(33) .. "x" .. (")"):rep(33))) --> too many captures
print(message("x", "(" )) --> unfinished capture
print(message("x", "(x))")) --> invalid pattern capture
print(message("x", "%")) --> malformed pattern (ends with '%')
print(message("x", "[x")) --> malformed pattern (missing ']')
print(message("x", "%f")) --> missing '[' after '%f' in pattern
print(message("x", "%b")) --> malformed pattern (missing arguments to '%b')
print(message("x", "%1")) --> invalid capture index %1
print(message("x", "(%1)")) --> invalid capture index %1
print(message(("x"):rep(250000), ("(x)"):rep(40))) --> too many captures
print(message(("x"):rep(250000), "(" .. ("x?"):rep(250) .. ")")) --> pattern too complex
print(pcall(string.gsub, "x", "x", "%2")) --> false	invalid capture index %2
print(pcall(string.gsub, "x", "x", "%")) --> false	invalid use of '%' in replacement string
print(pcall(string.find, ("x"):rep(10), ("x-"):rep(250) .. "y")) --> false	pattern too complex
