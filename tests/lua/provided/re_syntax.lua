--- expect: ok
-- `re`: every part of its syntax, its functions and its messages.
local re, lpeg = require "re", require "lpeg"
local function m(text, subject, definitions) return re.compile(text, definitions):match(subject) end
local function message(f, ...) return (tostring(select(2, pcall(f, ...))):gsub("^%[re%]:%d+: ", "")) end
print(m("'a' \"b\" . ", "abc"), m("'a'* 'b'+ 'c'?", "aabb"), m("'a' / 'b'", "b"), m("!'a' . &'b'", "cb"), m("", "x")) --> 4	5	2	2	1
print(m("'a'^3", "aaaa"), m("'a'^+2", "aaaa"), m("'a'^-2", "aaaa"), m("'a'^0", "a"), m("('a' 'b')+", "abab")) --> 4	5	3	1	5
print(m("[a-z]+", "abC"), m("[^a-z]", "A"), m("[]x]+", "]x"), m("[^]]", "]"), m("[%d%s-]+", "1 -"), m("%a+ %d %nl", "ab1\n")) --> 3	2	3	nil	4	5
print(m("%A %D %S %W", "1a_!"), m("%alpha %x", "ag"), m("%w -- a comment\n %w", "a1")) --> 5	nil	3
-- captures
print(m("{'a'} {} {.}", "ab")) --> a	2	b
print(m("{| {.} {:k: . :} {: {.} {.} :} |}", "abcd").k, #m("{| {.} {:k: . :} {: {.} {.} :} |}", "abcd")) --> b	3
print(m("{~ ('a' -> 'x' / .)* ~}", "banana"), m("{.} -> '<%1>'", "a"), m(". -> {}", "a")[1], m("({.} {.}) -> 2", "ab"), m("{.} -> 0", "a")) --> bxnxnx	<a>	nil	b	2
print(m("{:q: ['\"] :} {[^'\"]*} =q", "'text'"), m("{:q: . :} =q", "ab")) --> text	nil
local definitions = {up = string.upper, map = {a = 1}, join = function(a, b) return a .. "+" .. b end, twice = function(_, at, a) return at, a, a end, vowel = lpeg.S"aeiou", word = "hello"}
print(m("{.} -> up", "a", definitions), m(". -> map", "a", definitions), m("({.}+) ~> join", "abc", definitions)) --> A	1	a+b+c
print(m("{.} => twice", "a", definitions)) --> a	a
print(m("%word [%vowel]", "helloa", definitions)) --> 7
-- grammars
print(m("S <- 'a' S 'b' / ''", "aabb"), m("list <- {| item (',' item)* |}  item <- {[^,]+}", "a,b,c")[3], m("S <- <A> 'x' A <- 'y'", "yx")) --> 5	c	3
local json = re.compile([[
  document <- space value !.
  value    <- (object / array / string / number / {'true' / 'false' / 'null'}) space
  object   <- {| '{' space (pair (',' space pair)*)? '}' |}
  pair     <- {| string space ':' space value |}
  array    <- {| '[' space (value (',' space value)*)? ']' |}
  string   <- '"' {([^"\] / '\' .)*} '"'
  number   <- {'-'? ('0' / [1-9][0-9]*) ('.' [0-9]+)? ([eE] [+-]? [0-9]+)?} -> number
  space    <- %s*
]], {number = tonumber})
local value = json:match [[ {"a": [1, 2.5e1, "x\"y"], "b": {}, "c": null} ]]
print(#value, value[1][1], value[1][2][2], value[1][2][3], #value[2][2], value[3][2], json:match "[1,]") --> 3	a	25.0	x\"y	0	null	nil
-- functions
print(re.match("hello", "{.} .", 2), re.find("hello world", "'wo' {.}"), re.find("a", "'b'"), re.find("aba", "'a'", 2)) --> e	7	nil	3	3
print(re.find("hello world", "'wo' {.}")) --> 7	9
print(re.gsub("hello world", "[aeiou]", "<%0>"), re.gsub("a b", "{.} ' ' {.}", "%2 %1"), re.gsub("abc", ".", {b = "B"}), re.gsub("abc", "[ab]", string.upper)) --> h<e>ll<o> w<o>rld	b a	aBc	ABc
print(re.compile(lpeg.P"x") ~= nil, re.match("x", lpeg.P"x"), re.updatelocale()) --> true	2
-- messages
print(message(re.compile, "'a' $ 'b'")) --> pattern error near '$ 'b''
print(message(re.compile, "('a'")) --> pattern error near '('a''
print(message(re.compile, "'a' ^ 2" .. ("x"):rep(40))) --> pattern error near '^ 2xxxxxxxxxxxxxxxxxx...'
print(message(re.compile, "%missing")) --> name 'missing' undefined
print(message(re.compile, ". -> f")) --> undefined name: f
print(message(re.compile, "a")) --> rule 'a' used outside a grammar
print(message(re.compile, "S <- A")) --> rule 'A' undefined in given grammar
print(message(re.compile, "S <- 'a' S <- 'b'")) --> 'S' already defined as a rule
print(message(re.compile, "S <- S")) --> rule 'S' may be left recursive
print(message(re.compile, "''*")) --> loop body may accept empty string
