--- expect: ok
-- The sizes of long, size_t and the default alignment are those of the 32-bit guest, on every host.
print(string.packsize("l"), string.packsize("L"), string.packsize("T")) --> 4	4	4
print(string.packsize("!i1 d"), string.packsize("!i1 j"), #string.pack("s", "x"), #string.pack("T", 1)) --> 16	16	5	4
print(string.pack("=I4", 1) == string.pack("<I4", 1), string.pack("I4", 1) == string.pack("<I4", 1)) --> true	true
print(pcall(string.pack, "l", 1 << 31)) --> false	bad argument #2 to 'string.pack' (integer overflow)
