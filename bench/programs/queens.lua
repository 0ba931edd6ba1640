-- Search: every placement of eight queens.
local size, found = 8, 0
local columns, rising, falling = {}, {}, {}

local function place(row)
  if row > size then
    found = found + 1
    return
  end
  for column = 1, size do
    if not (columns[column] or rising[row + column] or falling[row - column + size]) then
      columns[column], rising[row + column], falling[row - column + size] = true, true, true
      place(row + 1)
      columns[column], rising[row + column], falling[row - column + size] = false, false, false
    end
  end
end

for _ = 1, 60 do place(1) end
return found
