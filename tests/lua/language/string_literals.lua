--- expect: ok
-- Escapes, long brackets, and the errors for what is malformed.
print("tab\tquote\" backslash\\ \65\066\x43\u{44}") --> tab	quote" backslash\ ABCD
print('single "double"', "double 'single'", #"\0\0a") --> single "double"	double 'single'	3
print("one \z
       line") --> one line
print(#[[
x]], #[==[]]]==], [=[a]]b]=]) --> 1	2	a]]b
print("continued\
here")
--> continued
--> here
print(#"\u{7FFFFFFF}", "\u{20AC}", "\xE2\x82\xAC" == "\u{20AC}") --> 6	€	true
print(load("return 'a\r\nb'", "=c")) --> nil	c:1: unfinished string near ''a'
print(#load("return [[a\r\nb\n\rc\rd]]")()) --> 7
local function try(s) print(select(2, load(s, "=c"))) end
try([[return "\q"]]) --> c:1: invalid escape sequence near '"\q'
try([[return "\300"]]) --> c:1: decimal escape too large near '"\300"'
try([[return "\xZZ"]]) --> c:1: hexadecimal digit expected near '"\xZ'
try([[return "\u{80000000}"]]) --> c:1: UTF-8 value too large near '"\u{80000000'
try([[return "\u{41"]]) --> c:1: missing '}' near '"\u{41"'
try("return [==[ never closed") --> c:1: unfinished long string (starting at line 1) near <eof>
try("--[[ never closed") --> c:1: unfinished long comment (starting at line 1) near <eof>
try("return [=x") --> c:1: invalid long string delimiter near '[='
--[==[ a long comment
]] does not end here ]==] print("after the comment") --> after the comment
