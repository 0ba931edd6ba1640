--- expect: ok
-- utf8 functions on broken text, on surrogates and with lax decoding.
print(utf8.len("ab\xFFcd")) --> nil	3
print(utf8.len("\xC3")) --> nil	1
print(utf8.len("abc\x80")) --> nil	4
print(utf8.len("\xED\xA0\x80")) --> nil	1
print(utf8.len("\xED\xA0\x80", 1, -1, true)) --> 1
print(utf8.len("\xF4\x90\x80\x80")) --> nil	1
print(utf8.len("\xF4\x90\x80\x80", 1, -1, true)) --> 1
print(utf8.len("\xC0\x80")) --> nil	1
print(utf8.len("\xE0\x80\x80", 1, -1, true)) --> nil	1
print(pcall(utf8.codepoint, "\xFF")) --> false	invalid UTF-8 code
print(pcall(utf8.codepoint, "abc", 5)) --> false	bad argument #3 to 'utf8.codepoint' (out of bounds)
print(pcall(utf8.codepoint, "abc", 1, 9)) --> false	bad argument #3 to 'utf8.codepoint' (out of bounds)
print(pcall(utf8.len, "abc", 5)) --> false	bad argument #2 to 'utf8.len' (initial position out of bounds)
print(utf8.len("abc", 4), pcall(utf8.len, "abc", 1, 4)) --> 0	false	bad argument #3 to 'utf8.len' (final position out of bounds)
print(pcall(utf8.char, -1)) --> false	bad argument #1 to 'utf8.char' (value out of range)
print(pcall(utf8.char, 0x80000000)) --> false	bad argument #1 to 'utf8.char' (value out of range)
print(pcall(utf8.offset, "é", 1, 2)) --> false	initial position is a continuation byte
print(pcall(utf8.offset, "abc", 1, 5)) --> false	bad argument #3 to 'utf8.offset' (position out of bounds)
print(pcall(function() for _ in utf8.codes("a\xFFb") do end end)) --> false	utf8_errors.lua:21: invalid UTF-8 code
print(pcall(function() for _ in utf8.codes("\xC3\xA9\xA9") do end end)) --> false	utf8_errors.lua:22: invalid UTF-8 code
local n = 0
for _ in utf8.codes("\xED\xA0\x80\xFD\xBF\xBF\xBF\xBF\xBF", true) do n = n + 1 end
print(n) --> 2
