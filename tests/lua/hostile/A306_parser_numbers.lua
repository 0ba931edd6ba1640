--- expect: ok
-- Numbers that are huge, tiny, malformed or long.
print(load("return " .. ("9"):rep(1000))(), load("return 0x" .. ("f"):rep(1000))()) --> inf	-1
print(tonumber("0x" .. ("1"):rep(100000)) ~= nil, tonumber(("1"):rep(100000))) --> true	inf
print(tonumber "1e" == nil, tonumber "0x" == nil, tonumber "0x1p" == nil, tonumber("1" .. ("_"):rep(10)) == nil) --> true	true	true	true
print(tonumber "1e999999999999", tonumber "1e-999999999999", tonumber "0x1p-999999999") --> inf	0.0	0.0
print(tonumber(("z"):rep(100), 36), tonumber("7" .. ("0"):rep(70), 8)) --> -1	0
print(pcall(tonumber, "1", 37)) --> false	bad argument #2 to 'tonumber' (base out of range)
print(pcall(tonumber, "1", math.mininteger)) --> false	bad argument #2 to 'tonumber' (base out of range)
print(tonumber("1\0"), tonumber("\0001"), tonumber "nan", tonumber "inf", tonumber "0x") --> nil	nil	nil	nil	nil
for _, bad in ipairs { "1..2", "0x.p1", "3x", "1e+", "0xg", "1.2.3", "08a", "0x1p+" } do assert(not load("return " .. bad), bad) end
print(math.type(load "return 9223372036854775807"()), math.type(load "return 9223372036854775808"())) --> integer	float
