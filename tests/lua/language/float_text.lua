--- expect: ok
-- Floats print with 14 significant digits and always look like floats.
print(1.0, -0.0, 0.1, 1e15, 1e16, 1e100) --> 1.0	-0.0	0.1	1e+15	1e+16	1e+100
print(2 ^ 53, 2 ^ 63, 123456789012345.0) --> 9.007199254741e+15	9.2233720368548e+18	1.2345678901234e+14
print(1 / 3, -1 / 3, 100 / 3) --> 0.33333333333333	-0.33333333333333	33.333333333333
print(math.huge, -math.huge, math.pi) --> inf	-inf	3.1415926535898
print(1e308 * 10, -1e308 * 10, 5e-324) --> inf	-inf	4.9406564584125e-324
local nan = 0 / 0
print(nan == nan, nan ~= nan, nan < nan, math.type(nan)) --> false	true	false	float
print(3 | 0, 3.0 | 0, 1e2, 10 // 3.0) --> 3	3	100.0	3.0
print(0x.8p0, 0xA.8p1, 0x1p-1, 0x10) --> 0.5	21.0	0.5	16
print(.5, 5., 3e0, 0e12) --> 0.5	5.0	3.0	0.0
print(1e1 == 10, 0.0 == -0.0, 1 / 0.0 == 1 / -0.0) --> true	true	false
print(100000000000000, 1e14, 99999999999999.9) --> 100000000000000	1e+14	1e+14
