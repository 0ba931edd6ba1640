--- expect: ok
-- string.match: captures, anchors, position captures, back references, malformed patterns.
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$")) --> key	value
print(("2024-02-29"):match("(%d+)-(%d+)-(%d+)")) --> 2024	02	29
print(("hello"):match("(h)(.)")) --> h	e
print(("hello"):match("()ll()")) --> 3	5
print(("  trim me  "):match("^%s*(.-)%s*$") .. "|") --> trim me|
print(([[say "it's" now]]):match([[(["'])(.-)%1]])) --> "	it's
print(("abc"):match("((a)(b))")) --> ab	a	b
print(("abc"):match("x"), #("abc"):match(".-"), #("abc"):match(""), ("abc"):match(".-c")) --> nil	0	0	abc
print(("abcabc"):match("b.*", 3), ("abc"):match("^b", 2), ("abc"):match("%a", -1)) --> bc	b	c
print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):match("%((%a+)%)")) --> (a(b)c)	quick
print(pcall(string.match, "a", "(a")) --> false	unfinished capture
print(pcall(string.match, "a", "a)")) --> false	invalid pattern capture
print(pcall(string.match, "a", "%")) --> false	malformed pattern (ends with '%')
print(pcall(string.match, "a", "%1")) --> false	invalid capture index %1
print(pcall(string.match, "a", "(a)%2")) --> false	invalid capture index %2
print(pcall(string.match, "a", "%b")) --> false	malformed pattern (missing arguments to '%b')
print(pcall(string.match, "a", "%f")) --> false	missing '[' after '%f' in pattern
print(pcall(string.match, ("a"):rep(40), ("(a)"):rep(33))) --> false	too many captures
print(pcall(string.match, ("a"):rep(300000), ("a?"):rep(300000))) --> false	pattern too complex
