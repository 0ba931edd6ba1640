--- expect: ok
-- string.format with every conversion for numbers.
local f = string.format
print(f("%d %5d|%-5d|%05d %+d % d", 42, 42, 42, 42, 42, 42)) --> 42    42|42   |00042 +42  42
print(f("%i %d %d", 3.0, "10", -0)) --> 3 10 0
print(f("%x %X %#x %o %#o", 255, 255, 255, 8, 8)) --> ff FF 0xff 10 010
print(f("%u", 7) == "7" or "no %u") --> true
print(f("%f %.0f %.3f %10.2f|%-10.2f|", 1.5, 2.5, math.pi, math.pi, math.pi)) --> 1.500000 2 3.142       3.14|3.14      |
print(f("%e %.2E %g %g %G", 12345.678, 0.00012, 1e20, 0.0001, 1e-10)) --> 1.234568e+04 1.20E-04 1e+20 0.0001 1E-10
print(f("%a %.1a %A", 1, 0.5, 255.5)) --> 0x1p+0 0x1.0p-1 0X1.FFP+7
print(f("%.14g %.17g %.3f", 0.1, 0.1, -0.0)) --> 0.1 0.10000000000000001 -0.000
print(f("%f %5.1f %d", math.huge, -math.huge, math.mininteger)) --> inf  -inf -9223372036854775808
print(f("%c%c%c", 76, 117, 97), f("%5.3d|%-8.3x|", 7, 255)) --> Lua	  007|0ff     |
print(f("%99.99f", 1):len(), f("%.99f", 1 / 3):sub(1, 20)) --> 101	0.333333333333333314
print(f("%%"), f("%5s%%", 50), f("%d%%", 50)) --> %	   50%	50%
print(f("%x", -1), f("%d", "0x10"), f("%.3d", 5)) --> ffffffffffffffff	16	005
