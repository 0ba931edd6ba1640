--- expect: ok
-- assert: default message, own message, message objects, all arguments passed through.
print(pcall(assert, false)) --> false	assertion failed!
print(pcall(assert, nil, "own message")) --> false	own message
print(select(2, pcall(assert, false, { 1 }))[1]) --> 1
print(pcall(assert, false, nil)) --> false	nil
print(pcall(assert)) --> false	bad argument #1 to 'assert' (value expected)
print((assert(0, "zero is true")), #assert("", 1)) --> 0	0
print(select("#", assert(1, nil, nil))) --> 3
print(pcall(function() assert(false, "a position is added") end)) --> false	assert_forms.lua:10: a position is added
print(pcall(function() assert(1 == 2) end)) --> false	assert_forms.lua:11: assertion failed!
