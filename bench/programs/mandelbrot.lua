-- Float loop: how long the points of a small grid stay bounded.
local size, limit = 200, 60
local total = 0
for row = 0, size - 1 do
  local ci = 2.0 * row / size - 1.0
  for column = 0, size - 1 do
    local cr = 2.0 * column / size - 1.5
    local zr, zi, count = 0.0, 0.0, 0
    while count < limit do
      local rr, ii = zr * zr, zi * zi
      if rr + ii > 4.0 then break end
      zi = 2.0 * zr * zi + ci
      zr = rr - ii + cr
      count = count + 1
    end
    total = total + count
  end
end

return total
