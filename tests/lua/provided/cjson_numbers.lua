--- expect: ok
-- Where cjson is unlike the release 2.1.0: integers stay integers, and 17 digits may be asked for.
local cjson = require "cjson"
for _, number in ipairs(cjson.decode "[1, 1.0, -5, 1e2, 9007199254740993, -0, 0, 1234567890123456789]") do
  print(math.type(number), number)
end
--> integer	1
--> float	1.0
--> integer	-5
--> float	100.0
--> integer	9007199254740993
--> float	-0.0
--> integer	0
--> float	1.2345678901235e+18
print(cjson.encode { math.maxinteger, math.mininteger, 1e15, 1e15 // 1 | 0 }) --> [9223372036854775807,-9223372036854775808,1e+15,1000000000000000]
print(cjson.encode { [1 << 40] = 1 }) --> {"1099511627776":1}
print(cjson.encode(0.1 + 0.2), cjson.encode_number_precision(17), cjson.encode(0.1 + 0.2)) --> 0.3	17	0.30000000000000004
print(pcall(cjson.encode_number_precision, 18)) --> false	bad argument #1 to 'cjson.encode_number_precision' (expected integer between 1 and 17)
