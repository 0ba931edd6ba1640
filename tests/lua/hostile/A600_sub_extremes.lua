--- expect: ok
-- Positions at the edges of the integers, both ends, in sub and byte.
local lo, hi = math.mininteger, math.maxinteger
local s = "abc"
print(s:sub(lo, hi), s:sub(lo, lo), s:sub(-2, hi), s:sub(0), s:sub(4, 2)) --> abc		bc	abc	
print(s:byte(lo, lo), s:byte(-1, hi), s:byte(0, 0), s:byte(4)) --> nil	99	nil
print(s:byte(lo, hi)) --> 97	98	99
print(pcall(string.sub, s, 0.5)) --> false	bad argument #2 to 'string.sub' (number has no integer representation)
print(pcall(string.sub, s, 2 ^ 63)) --> false	bad argument #2 to 'string.sub' (number has no integer representation)
for i = -6, 6 do for j = -6, 6 do assert(#s:sub(i, j) <= 3 and select("#", s:byte(i, j)) == #s:sub(i, j)) end end
