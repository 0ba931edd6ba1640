--- expect: ok
-- Bitwise operators work on all 64 bits; shifts are logical and may be longer than the word.
print(0xF0 & 0x3C, 0xF0 | 0x0F, 0xFF ~ 0x0F, ~0) --> 48	255	240	-1
print(1 << 62, 1 << 63, 1 << 64, 1 << -1) --> 4611686018427387904	-9223372036854775808	0	0
print(-1 >> 1, -1 >> 63, -1 >> 64, 8 >> -2) --> 9223372036854775807	1	0	32
print(1 << math.mininteger, 1 >> math.maxinteger) --> 0	0
print(255.0 & 15, 7 | 8.0, 2.0 | 1, 3.0 << 1) --> 15	15	3	6
print(pcall(function() return "7" | 8 end)) --> false	bitwise.lua:8: attempt to perform bitwise operation on a string value (constant '7')
print(pcall(function() return 1.5 & 1 end))
--> false	bitwise.lua:9: number has no integer representation
print(pcall(function() return 2 ^ 64 | 0 end))
--> false	bitwise.lua:11: number has no integer representation
print(pcall(function() return "a" & 1 end))
--> false	bitwise.lua:13: attempt to perform bitwise operation on a string value (constant 'a')
print(pcall(function() return "1.5" | 1 end))
--> false	bitwise.lua:15: attempt to perform bitwise operation on a string value (constant '1.5')
print(pcall(function() return ~{} end))
--> false	bitwise.lua:17: attempt to perform bitwise operation on a table value
local function bits(n)
  local count = 0
  while n ~= 0 do n = n & (n - 1); count = count + 1 end
  return count
end
print(bits(0), bits(255), bits(-1), bits(math.mininteger)) --> 0	8	64	1
