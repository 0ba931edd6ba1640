--- expect: memory
-- Concatenation doubles a string until memory ends.
local length = 0
print(pcall(function()
  local s = "x"
  while true do s = s .. s; length = #s end
end)) --> false	not enough memory
print(length >= 1 << 20, #("done"):rep(1000)) --> true	4000
