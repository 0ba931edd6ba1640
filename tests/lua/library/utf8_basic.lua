--- expect: ok
-- utf8.char, codes, codepoint, len, offset and charpattern on good text.
print(utf8.char(72, 228, 8364, 128512), #utf8.char(), #utf8.char(0x7FFFFFFF)) --> Hä€😀	0	6
local s = "aé€😀"
print(utf8.len(s), #s, utf8.len(""), utf8.len(s, 2), utf8.len(s, -4), utf8.len(s, 4, 4)) --> 4	10	0	3	1	1
for p, c in utf8.codes(s) do io.write(p, ":", c, " ") end print("codes") --> 1:97 2:233 4:8364 7:128512 codes
print(utf8.codepoint(s, 1, -1)) --> 97	233	8364	128512
print(utf8.codepoint(s), utf8.codepoint(s, 2), utf8.codepoint(s, 7)) --> 97	233	128512
print(utf8.offset(s, 1), utf8.offset(s, 3), utf8.offset(s, 5), utf8.offset(s, 6), utf8.offset(s, -1), utf8.offset(s, -4)) --> 1	4	11	nil	7	1
print(utf8.offset(s, 0, 5), utf8.offset(s, 0, 3), utf8.offset(s, 2, 2)) --> 4	2	4
print(utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*") --> true
local n = 0
for c in s:gmatch(utf8.charpattern) do n = n + 1; io.write("<", c, ">") end print(n) --> <a><é><€><😀>4
print(("\u{D7FF}\u{E000}"):byte(1, -1)) --> 237	159	191	238	128	128
