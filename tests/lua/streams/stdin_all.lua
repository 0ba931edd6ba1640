--- expect: ok
--- stdin: one\ntwo\nthree\n
-- io.read("a") takes everything, twice if asked.
local all = io.read("a")
print(#all, select(2, all:gsub("\n", ""))) --> 14	3
print(#io.read("a"), io.read("l")) --> 0	nil
