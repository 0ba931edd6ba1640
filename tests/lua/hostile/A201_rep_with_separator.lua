--- expect: ok
-- string.rep with separators whose sum overflows, or only nearly does.
local function try(...) return select(2, pcall(string.rep, ...)) end
print(try("x", 1 << 31, "y")) --> resulting string too large
print(try("", math.maxinteger, "y")) --> resulting string too large
print(try("x", 2, ("y"):rep(1 << 20)):len()) --> 1048578
print(try("xx", math.maxinteger // 2)) --> resulting string too large
print(try("xx", (1 << 31) // 2 - 1)) --> not enough memory
print(try(("x"):rep(1 << 16), 1 << 15)) --> resulting string too large
print(try(("x"):rep(1 << 16), (1 << 15) - 1)) --> not enough memory
print(#try("x", math.mininteger), #try("x", -1, "y"), #try("x", 1, ("y"):rep(1000))) --> 0	0	1
