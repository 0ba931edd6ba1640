--- expect: ok
-- Without input every read is at the end at once and nothing waits.
print(io.read(), io.read("n"), io.read(1), io.read("L"), io.read(0)) --> nil	nil	nil	nil	nil
print(io.read("a") == "", io.stdin:read("a") == "") --> true	true
for _ in io.lines() do print("never") end
print(io.type(io.stdin)) --> file
