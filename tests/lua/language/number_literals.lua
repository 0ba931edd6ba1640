--- expect: ok
-- How the compiler and tonumber read numbers.
local function lit(s)
  local f, e = load("return " .. s, "=c")
  if not f then return e end
  local v = f()
  return math.type(v) .. " " .. tostring(v)
end
for _, s in ipairs { "0x", "0x1p", "1e", "3..2", "1e+", "0xep1", "0x1.8", "1_000", "08", "0x.1", "1e400", "0xA" } do
  print(s, lit(s))
end
--> 0x	c:1: malformed number near '0x'
--> 0x1p	c:1: malformed number near '0x1p'
--> 1e	c:1: malformed number near '1e'
--> 3..2	c:1: malformed number near '3..2'
--> 1e+	c:1: malformed number near '1e+'
--> 0xep1	float 28.0
--> 0x1.8	float 1.5
--> 1_000	c:1: malformed number near '1_'
--> 08	integer 8
--> 0x.1	float 0.0625
--> 1e400	float inf
--> 0xA	integer 10
