--- expect: ok
--- stdin: 1 2 3\nalpha beta\ngamma\n
-- io.lines over the standard input and io.stdin as an ordinary handle.
local sum = 0
for n in io.stdin:lines("n") do sum = sum + n; if n == 3 then break end end
print(sum, io.stdin:read("l") == "") --> 6	true
for line in io.lines() do
  for word in line:gmatch("%a+") do io.write(word, ".") end
end
print("end") --> alpha.beta.gamma.end
print(io.stdin:close()) --> nil	cannot close standard file
print(io.type(io.stdin)) --> file
