--- expect: ok
-- os.time, os.date and os.difftime; the guest lives in UTC.
print(os.time { year = 2000, month = 1, day = 1, hour = 0 }, os.time { year = 1970, month = 1, day = 2, hour = 0 }) --> 946684800	86400
print(os.time { year = 2024, month = 14, day = -3, hour = 0 }, os.time { year = 2024, month = 2, day = 29 }) --> 1738022400	1709208000
print(os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!%Y-%m-%d %H:%M:%S", 1e9)) --> 1970-01-01 00:00:00	2001-09-09 01:46:40
print(os.date("%Y-%m-%d %H:%M:%S", 951782400), os.date("!%A %d %B %j %p %y %%", 951782400)) --> 2000-02-29 00:00:00	Tuesday 29 February 060 AM 00 %
print(os.date("!%c", 0), os.date("!%x %X", 0)) --> Thu Jan  1 00:00:00 1970	01/01/70 00:00:00
print(os.date("!%a %b %I %M %S %w %D %F %R %T", 86399)) --> Thu Jan 11 59 59 4 01/01/70 1970-01-01 23:59 23:59:59
local d = os.date("!*t", 951782400)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) --> 2000	2	29	0	0	0	3	60	false
local t = { year = 2023, month = 12, day = 31, hour = 23, min = 59, sec = 61 }
print(os.time(t), t.year, t.month, t.day, t.sec, t.yday) --> 1704067201	2024	1	1	1	1
print(os.difftime(10, 4), math.type(os.difftime(1, 1)), os.date("!%H", "3600")) --> 6.0	float	01
print(math.type(os.time()), os.time() > 1600000000, os.date("*t").year >= 2020) --> integer	true	true
print(pcall(os.date, "%Ez", 0)) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Ez')
print(pcall(os.date, "%Q")) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Q')
print(pcall(os.date, "%")) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%')
print(pcall(os.time, {})) --> false	field 'year' missing in date table
print(pcall(os.time, { year = 2000, month = 1, day = "x" })) --> false	field 'day' is not an integer
print(pcall(os.time, { year = 1 << 40, month = 1, day = 1 })) --> false	field 'year' is out-of-bound
print(pcall(os.time, { year = 2000, month = 1.5, day = 1 })) --> false	field 'month' is not an integer
print(pcall(os.date, "*t", 1 << 60)) --> false	date result cannot be represented in this installation
print(#os.date("!" .. ("%Y"):rep(1000), 0), os.date("") == "", os.date("!no directives", 0)) --> 4000	true	no directives
