--- expect: ok
-- Escapes that are too large, cut, or too many.
for _, bad in ipairs { "\\300", "\\x", "\\xg0", "\\u", "\\u{", "\\u{80000000}", "\\u{110000000000000}", "\\u{x}", "\\q", "\\u{1", "\\" } do
  assert(not load("return '" .. bad .. "'"), bad)
  assert(not load("return '" .. bad), bad)
end
print(#load("return '\\u{7fffffff}'")(), #load("return '" .. ("\\z \n"):rep(10000) .. "'")()) --> 6	0
print(#load("return '" .. ("\\x00"):rep(50000) .. "'")(), #load("return '\\u{" .. ("0"):rep(50000) .. "41}'")()) --> 50000	1
print(load("return [" .. ("="):rep(50000) .. "[x]" .. ("="):rep(50000) .. "]")()) --> x
print(#load("return [==[\r\n\n\r]]]=]]==]")()) --> 6
