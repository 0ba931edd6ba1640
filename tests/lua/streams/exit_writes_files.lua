--- expect: exit 0
--- mount: work
-- An open file is written out when the run ends through os.exit.
local f = assert(io.open("/work/left.txt", "w"))
f:write("buffered")
print(io.open("/work/left.txt"):read("a") == "") --> true
os.exit(true, true)
