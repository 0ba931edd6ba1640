--- expect: ok
-- Patterns with too many captures, too deep, malformed.
local function message(...) return (select(2, pcall(string.find, ...))) end
print(message("x", ("("):rep(33) .. "x" .. (")"):rep(33))) --> too many captures
print(message("x", "(" )) --> unfinished capture
print(message("x", "x)")) --> invalid pattern capture
print(message("x", "%")) --> malformed pattern (ends with '%')
print(message("x", "[x")) --> malformed pattern (missing ']')
print(message("x", "%f")) --> missing '[' after '%f' in pattern
print(message("x", "%b")) --> malformed pattern (missing arguments to '%b')
print(message("x", "%1")) --> invalid capture index %1 in pattern
print(message("x", "(%1)")) --> invalid capture index %1 in pattern
print(message(("x"):rep(250000), ("(x)"):rep(40))) --> too many captures
print(message(("x"):rep(250000), "(" .. ("x?"):rep(250) .. ")")) --> 1
print(pcall(string.gsub, "x", "x", "%2")) --> false	invalid capture index %2 in replacement string
print(pcall(string.gsub, "x", "x", "%")) --> false	invalid use of '%' in replacement string
print(("x"):rep(10):find(("x-"):rep(200) .. "y")) --> x
