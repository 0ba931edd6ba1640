--- expect: ok
-- string.rep, reverse, upper, len with texts of zeros and counts that are no integers.
print(pcall(string.rep, "x", 1.5)) --> false	bad argument #2 to 'string.rep' (number has no integer representation)
print(pcall(string.rep, "x", "9223372036854775808")) --> false	bad argument #2 to 'string.rep' (number has no integer representation)
print(#("\0"):rep(1000):upper():lower():reverse(), ("x"):rep(0, ("y"):rep(100))) --> 1000	
print(pcall(string.rep, ("x"):rep(1 << 12), 1 << 51)) --> false	resulting string too large
print(pcall(string.rep, "x", 1 << 30, "xx")) --> false	resulting string too large
print(pcall(string.char, 256)) --> false	bad argument #1 to 'string.char' (value out of range)
print(pcall(string.char, math.mininteger)) --> false	bad argument #1 to 'string.char' (value out of range)
print("10" + 1, "0x10" * 2, pcall(function() return "x" + 1 end) == false, "1e1" // 1) --> 11	32	true	10.0
