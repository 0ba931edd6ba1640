--- expect: ok
-- os.date with formats that are wrong, long, or contain anything; and times at the edges.
print(pcall(os.date, "%Ez", 0)) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Ez')
print(pcall(os.date, "%", 0)) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%')
print(pcall(os.date, "%Q", 0)) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Q')
print(#os.date(("%A"):rep(10000), 0), #os.date(("\0"):rep(1000), 0), #os.date("", 0)) --> 80000	1000	0
for _, at in ipairs { math.mininteger, math.maxinteger, 1 << 60, -(1 << 60), 1 << 62 } do assert(not pcall(os.date, "!%c", at), at) end
for byte = 0, 255 do pcall(os.date, "!%" .. string.char(byte), 0) pcall(os.date, "%E" .. string.char(byte), 0) pcall(os.date, "%O" .. string.char(byte), 0) end
print(os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!*t", 0).yday, os.date("!%Y", -1)) --> 1970-01-01 00:00:00	1	1969
print(os.date("!%c", 0)) --> Thu Jan  1 00:00:00 1970
