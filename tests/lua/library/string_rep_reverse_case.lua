--- expect: ok
-- string.rep, reverse, lower, upper and their odd arguments.
print(("ab"):rep(3), ("ab"):rep(3, "-"), ("ab"):rep(1, "-"), ("ab"):rep(0) == "", ("ab"):rep(-1) == "") --> ababab	ab-ab-ab	ab	true	true
print(#(""):rep(100000), #("x"):rep(100000), #(""):rep(5, "..")) --> 0	100000	8
print(("abc"):reverse(), (""):reverse() == "", ("a\0b"):reverse() == "b\0a") --> cba	true	true
print(("MiXed 123 é"):lower(), ("MiXed 123 ß"):upper()) --> mixed 123 é	MIXED 123 ß
print(pcall(string.rep, "x", math.maxinteger)) --> false	resulting string too large
print(pcall(string.rep, "abc", math.maxinteger // 2, "sep")) --> false	resulting string too large
print(pcall(string.rep, "x")) --> false	bad argument #2 to 'string.rep' (number expected, got no value)
print(pcall(string.rep, "x", 1.5)) --> false	bad argument #2 to 'string.rep' (number has no integer representation)
print(#string.rep("ab", 3.0, ", "), string.rep(12, 2)) --> 10	1212
