--- expect: ok
-- string.find: plain and pattern search, start positions, captures in the result.
local function all(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = tostring(t[i]) end
  return "(" .. table.concat(t, " ") .. ")"
end
local s = "the quick brown fox"
print(all(s:find("quick")), all(s:find("q(u)(i)"))) --> (5 9)	(5 7 u i)
print(all(s:find("o")), all(s:find("o", 14)), all(s:find("o", -2)), all(s:find("zebra"))) --> (13 13)	(18 18)	(18 18)	(nil)
print(all(s:find("")), all(s:find("", 5)), all(s:find("", 20)), all(s:find("", 21))) --> (1 0)	(5 4)	(20 19)	(nil)
print(all(("a.b"):find(".", 1, true)), all(("a.b"):find("%.")), all(("a+b"):find("+", 1, true))) --> (2 2)	(2 2)	(2 2)
print(all(("a\0b"):find("\0")), all(("a\0b"):find("b", 1, true)), all(("aXb"):find("X", -1))) --> (2 2)	(3 3)	(nil)
print(all(("x"):find("x", math.mininteger)), all(("x"):find("x", math.maxinteger))) --> (1 1)	(nil)
print(all(("abc"):find("()b()")), all(("a.+b"):find(".+", 1, true))) --> (2 2 2 3)	(2 3)
print(all(("[x]"):find("[x", 1, true)), all(pcall(string.find, "a", "[a"))) --> (1 2)	(false malformed pattern (missing ']'))
print(all(("aaa"):find("a-")), all(("aaa"):find("a-$")), all(("aaa"):find("^a", 2)), all(("baa"):find("^a"))) --> (1 0)	(1 3)	(2 2)	(nil)
print(all(("aXa"):find("a", 2, 1)), all(("a\na"):find("a$")), all(("a"):find("a", nil, nil))) --> (3 3)	(3 3)	(1 1)
