--- expect: ok
-- Divisions, remainders and shifts at the edges: no trap of the processor.
local lo, hi = math.mininteger, math.maxinteger
print(lo // -1 == lo, lo % -1, hi // -1, lo // 1 == lo, -lo == lo, lo * -1 == lo, hi + 1 == lo) --> true	0	-9223372036854775807	true	true	true	true
print(pcall(function() return lo // 0 end)) --> false	A609_integer_division.lua:5: attempt to divide by zero
print(pcall(function() return lo % 0 end)) --> false	A609_integer_division.lua:6: attempt to perform 'n%0'
print(math.fmod(lo, -1), math.fmod(hi, lo), pcall(math.fmod, 1, 0)) --> 0	9223372036854775807	false	bad argument #2 to 'math.fmod' (zero)
print(1 // 0.0, -1 // 0.0, 1 % math.huge, -1 % math.huge, 5.5 // 0.0) --> inf	-inf	1.0	inf	inf
print(1 << 63 == lo, 1 << 64, 1 << lo, 1 >> lo, -1 >> 63, -1 << 63 == lo, 1 << hi) --> true	0	0	0	1	true	0
print(lo ~ -1 == hi, ~lo == hi, math.abs(lo) == lo, math.ult(lo, hi), math.ult(-1, 1)) --> true	true	true	false	false
for _, d in ipairs { -1, 1, 2, -2, lo, hi } do for _, n in ipairs { lo, lo + 1, -1, 0, 1, hi } do assert(n // d * d + n % d == n) end end
