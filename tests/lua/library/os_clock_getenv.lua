--- expect: ok
--- env: GREETING=hello from outside
--- env: EMPTY=
-- os.clock never goes backwards, os.getenv sees what the VM was given and nothing else.
local last = os.clock()
assert(math.type(last) == "float" and last >= 0)
for _ = 1, 2000 do
  local now = os.clock()
  assert(now >= last)
  last = now
end
print("clock") --> clock
print(os.getenv("GREETING"), os.getenv("EMPTY") == "", os.getenv("PATH"), os.getenv("HOME")) --> hello from outside	true	nil	nil
print(os.getenv("GREETIN"), os.getenv("greeting"), os.getenv(""), os.getenv("GREETING=hello")) --> nil	nil	nil	nil
print(pcall(os.getenv)) --> false	bad argument #1 to 'os.getenv' (string expected, got no value)
print(os.setlocale(), os.setlocale("C"), os.setlocale(nil, "numeric")) --> C	C	C
print(pcall(os.setlocale, "C", "nonsense")) --> false	bad argument #2 to 'os.setlocale' (invalid option 'nonsense')
