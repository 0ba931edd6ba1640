--- expect: ok
-- setvbuf in every mode and explicit flushes change nothing about the order of the text.
for _, mode in ipairs { "no", "full", "line" } do
  assert(io.stdout:setvbuf(mode))
  io.write(mode, " 1 ")
  io.stdout:write(mode, " 2 ")
  assert(io.flush())
  print(mode, "3") --> no 1 no 2 no	3
  --> full 1 full 2 full	3
  --> line 1 line 2 line	3
end
assert(io.stdout:setvbuf("full", 16))
print(("0123456789"):rep(8)) --> 01234567890123456789012345678901234567890123456789012345678901234567890123456789
assert(io.stdout:flush())
io.write("end") --> end
