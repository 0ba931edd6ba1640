--- expect: ok
-- What string.pack, packsize and unpack refuse.
local function try(f, ...) print(select(2, pcall(string[f], ...))) end
try("pack", "i1", 128) --> bad argument #2 to 'string.pack' (integer overflow)
try("pack", "I1", -1) --> bad argument #2 to 'string.pack' (unsigned overflow)
try("pack", "i17", 1) --> integral size (17) out of limits [1,16]
try("pack", "i0", 1) --> integral size (0) out of limits [1,16]
try("pack", "z", "a\0b") --> bad argument #2 to 'string.pack' (string contains zeros)
try("pack", "s1", ("x"):rep(256)) --> bad argument #2 to 'string.pack' (string length does not fit in given size)
try("pack", "c2", "abc") --> bad argument #2 to 'string.pack' (string longer than given size)
try("pack", "y") --> invalid format option 'y'
try("pack", "!3 i4", 1) --> bad argument #1 to 'string.pack' (format asks for alignment not power of 2)
try("pack", "!17 i4", 1) --> integral size (17) out of limits [1,16]
try("pack", "c", "x") --> missing size for format option 'c'
try("pack", "X", 1) --> bad argument #1 to 'string.pack' (invalid next option for option 'X')
try("pack", "d", "x") --> bad argument #2 to 'string.pack' (number expected, got string)
try("packsize", "s") --> bad argument #1 to 'string.packsize' (variable-length format)
try("packsize", "z") --> bad argument #1 to 'string.packsize' (variable-length format)
try("unpack", "i4", "abc") --> bad argument #2 to 'string.unpack' (data string too short)
try("unpack", "z", "abc") --> bad argument #2 to 'string.unpack' (unfinished string for format 'z')
try("unpack", "s1", "\5ab") --> bad argument #2 to 'string.unpack' (data string too short)
try("unpack", "<i16", ("\255"):rep(15) .. "\1") --> 16-byte integer does not fit into Lua Integer
try("unpack", "i4", "abcdefgh", 10) --> bad argument #3 to 'string.unpack' (initial position out of string)
try("unpack", "c4", "abc") --> bad argument #2 to 'string.unpack' (data string too short)
