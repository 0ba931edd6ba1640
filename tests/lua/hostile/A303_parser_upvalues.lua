--- expect: ok
-- More upvalues than a function may have.
local function source(n)
  local parts = {}
  for block = 0, (n - 1) // 150 do
    parts[#parts + 1] = block > 0 and "local function f()" or ""
    for i = block * 150 + 1, math.min(n, block * 150 + 150) do parts[#parts + 1] = "local a" .. i .. " = " .. i end
  end
  parts[#parts + 1] = "return function() return a1"
  for i = 2, n do parts[#parts + 1] = "+ a" .. i end
  parts[#parts + 1] = "end"
  for _ = 1, (n - 1) // 150 do parts[#parts + 1] = "end return f()" end
  return table.concat(parts, " ")
end
print(assert(load(source(250)))()()) --> 31375
print(select(2, load(source(300), "=s")):match "too many upvalues %(limit is 255%)") --> too many upvalues (limit is 255)
