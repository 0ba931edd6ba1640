--- expect: ok
-- Every character class, its complement, sets, ranges and the special characters inside them.
local function all(class)
  local t = {}
  for c in ("aZ5 _-\n\0~"):gmatch(class) do t[#t + 1] = string.format("%q", c):sub(2, -2):gsub("\\\n", "\\n") end
  return table.concat(t, "")
end
print(all("%a"), all("%d"), all("%w"), all("%l"), all("%u")) --> aZ	5	aZ5	a	Z
print(all("%s"), all("%p"), all("%x"), all("%c"), all("%g")) -->  \n	_-~	a5	\n\0	aZ5_-~
print(all("%S"), all("%A"), all("[%w_]"), all("[^%w_]")) --> aZ5_-\0~	5 _-\n\0~	aZ5_	 -\n\0~
print(all("[a-z]"), all("[-]"), all("[a-]"), all("[%-]"), all("[^-]")) --> a	-	a-	-	aZ5 _\n\0~
print(("]"):match("[]]"), ("^"):match("[%^]"), ("a"):match("[^^]"), ("-"):match("[%a-]")) --> ]	^	a	-
print(("x=1, y=2"):gsub("(%w+)=(%w+)", "%2=%1")) --> 1=x, 2=y	2
print(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)) --> the (quick) fox	3
print((("hello world"):gsub("o%f[%W]", "0")), (("a,b,,c"):gsub(",+", ";"))) --> hell0 world	a;b;c
print(("%d"):gsub("%%d", "%%s")) --> %s	1
print(("a.b"):gsub("%.", "%%")) --> a%b	1
print(("é"):match("[é]") == "é", #("é"):match("[é]"), ("é"):match("[\xC3][\xA9]") == "é") --> false	1	true
print((("aaa"):gsub("a?", "x")), (("abc"):gsub("", "-")), (("abc"):gsub("b*", "-"))) --> xxx	-a-b-c-	-a-c-
