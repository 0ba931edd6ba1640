--- expect: ok
-- Code points and positions at the edges; sequences that are cut, overlong, or of surrogates.
print(pcall(utf8.char, 0x80000000)) --> false	bad argument #1 to 'utf8.char' (value out of range)
print(pcall(utf8.char, -1)) --> false	bad argument #1 to 'utf8.char' (value out of range)
print(#utf8.char(0x7fffffff), #utf8.char(), utf8.codepoint(utf8.char(0x7fffffff), 1, 1, true)) --> 6	0	2147483647
for _, bad in ipairs { "\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82", "\xf8\x88\x80\x80\x80" } do
  assert(utf8.len(bad) == nil and not pcall(utf8.codepoint, bad), bad)
  assert(not pcall(function() for _ in utf8.codes(bad) do end end))
end
local lo, hi = math.mininteger, math.maxinteger
print(pcall(utf8.len, "abc", lo)) --> false	bad argument #2 to 'utf8.len' (initial position out of bounds)
print(pcall(utf8.offset, "abc", 1, hi)) --> false	bad argument #3 to 'utf8.offset' (position out of bounds)
print(utf8.offset("abc", lo), utf8.offset("abc", hi), utf8.offset("abc", 0, 4)) --> nil	nil	4
print(pcall(utf8.codepoint, ("x"):rep(10), lo, hi)) --> false	bad argument #2 to 'utf8.codepoint' (out of bounds)
print(pcall(utf8.codepoint, ("x"):rep(2000000), 1, -1)) --> false	stack overflow (string slice too long)
