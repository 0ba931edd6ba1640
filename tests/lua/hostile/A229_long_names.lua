--- expect: ok
--- memory: 32MiB
-- Names, texts, numbers and comments of a MiB each, and a chunk name of the same size.
local mib = ("n"):rep(1 << 20)
local f = assert(load("local " .. mib .. " = 1 return " .. mib))
print(f()) --> 1
print(#load("return '" .. mib .. "'")()) --> 1048576
print(load("return 1" .. ("0"):rep(1 << 18) .. "e-262144")()) --> 1.0
print((load("--" .. mib .. "\nreturn 3")())) --> 3
print(#select(2, load("x x", "=" .. mib)) < 200, #select(2, load("x x", mib)) < 200) --> true	true
local _, message = pcall(load("local t = {}; t." .. mib .. "()"))
print(message:match ":1: attempt to call a nil value %(field 'n+'%)$" ~= nil) --> true
