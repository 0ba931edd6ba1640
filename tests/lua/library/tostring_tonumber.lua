--- expect: ok
-- tonumber with every kind of text and base, tostring of every type.
print(tonumber("10"), tonumber("0x1F"), tonumber(" 12 "), tonumber("1e2"), tonumber("0x.8p1"), tonumber("-7")) --> 10	31	12	100.0	1.0	-7
print(tonumber(""), tonumber("1 2"), tonumber("1,5"), tonumber("0x"), tonumber("nan"), tonumber("inf"), tonumber("1e")) --> nil	nil	nil	nil	nil	nil	nil
print(tonumber("ff", 16), tonumber("zz", 36), tonumber("-101", 2), tonumber("8", 8), tonumber(" 7 ", 8), tonumber("1.0", 10)) --> 255	1295	-5	nil	7	nil
print(tonumber(5), tonumber(nil), tonumber({}), tonumber(true), tonumber(print)) --> 5	nil	nil	nil	nil
print(pcall(tonumber)) --> false	bad argument #1 to 'tonumber' (value expected)
print(pcall(tonumber, 10, 16)) --> false	bad argument #1 to 'tonumber' (string expected, got number)
print(pcall(tonumber, "1", 37)) --> false	bad argument #2 to 'tonumber' (base out of range)
print(tonumber("1\0"), tonumber("\t\n 5 \r"), tonumber("1_0"), tonumber("٣")) --> nil	5	nil	nil
print(tonumber(("9"):rep(30)), tonumber("0x" .. ("f"):rep(20)), tonumber(("1"):rep(300))) --> 1e+30	-1	1.1111111111111e+299
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("10000000000000000", 16)) --> 9223372036854775807	-1	0
print(tostring(nil), tostring(true), tostring(-0.0), tostring("s"), tostring(12), tostring(1e15)) --> nil	true	-0.0	s	12	1e+15
for _, v in ipairs { {}, print, coroutine.create(print), io.stdout } do
  io.write((tostring(v):gsub("0x%x+", "ADDR")), " ")
end
print("types") --> table: ADDR function: ADDR thread: ADDR file (ADDR) types
print(pcall(tostring)) --> false	bad argument #1 to 'tostring' (value expected)
