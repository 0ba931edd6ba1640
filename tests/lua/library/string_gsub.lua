--- expect: ok
-- string.gsub with a string, a table and a function as replacement, limits and errors.
print(("hello"):gsub("l", "L")) --> heLLo	2
print(("hello"):gsub("l", "L", 1)) --> heLlo	1
print(("hello"):gsub("l", "L", 0)) --> hello	0
print(("$name is $age"):gsub("%$(%w+)", { name = "Ann", age = 7 })) --> Ann is 7	2
print(("abc"):gsub("%w", { a = 1, b = false })) --> 1bc	3
print(("abc"):gsub("%w", function(c) if c ~= "b" then return c:byte() end end)) --> 97b99	3
print(("abc"):gsub("%w", "%0%0")) --> aabbcc	3
print(("abc"):gsub("(a)(b)", "%2%1")) --> bac	1
print(("abc"):gsub("a", "%%")) --> %bc	1
print(("hello world"):gsub("(o)", "<%1>", 1)) --> hell<o> world	1
print(("aaa"):gsub("^a", "x")) --> xaa	1
print(("x y"):gsub("%w", setmetatable({}, { __index = function(_, k) return k:upper() end }))) --> X Y	2
print(("abc def"):gsub("%w+", "%0-%0", math.maxinteger)) --> abc-abc def-def	2
print(("abc"):gsub("%w", "x", -1)) --> abc	0
print(("abc"):gsub("", "-")) --> -a-b-c-	4
local positions = {}
print(("abc"):gsub("()", function(p) positions[#positions + 1] = p end)) --> abc	4
print(table.concat(positions, " ")) --> 1 2 3 4
print(pcall(string.gsub, "a", "a", "%2")) --> false	invalid capture index %2
print(pcall(string.gsub, "a", "a", "%")) --> false	invalid use of '%' in replacement string
print(pcall(string.gsub, "a", "a", "%a")) --> false	invalid use of '%' in replacement string
print(pcall(string.gsub, "a", "a", function() return {} end)) --> false	invalid replacement value (a table)
print(pcall(string.gsub, "a", "a", true)) --> false	bad argument #3 to 'string.gsub' (string/function/table expected, got boolean)
print(pcall(string.gsub, "a", "a", function() error("in callback", 0) end)) --> false	in callback
print(pcall(string.gsub, "abc", "%w", { a = {} })) --> false	invalid replacement value (a table)
