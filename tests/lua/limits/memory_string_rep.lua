--- expect: memory
-- A string that does not fit is refused, the error is caught, and the VM goes on.
local kib = ("x"):rep(1024)
for _ = 1, 5 do
  print(pcall(string.rep, kib, 200 * 1024)) --> false	not enough memory
  --> false	not enough memory
  --> false	not enough memory
  --> false	not enough memory
  --> false	not enough memory
end
local s = kib:rep(8 * 1024)
print(#s, s:sub(-3), collectgarbage("count") > 8192) --> 8388608	xxx	true
