--- expect: ok
-- Eight queens by backtracking, with a generator coroutine.
local function queens(n)
  local columns, up, down, board = {}, {}, {}, {}
  local function place(row)
    if row > n then coroutine.yield(board) return end
    for c = 1, n do
      if not (columns[c] or up[row + c] or down[row - c]) then
        columns[c], up[row + c], down[row - c], board[row] = true, true, true, c
        place(row + 1)
        columns[c], up[row + c], down[row - c] = nil, nil, nil
      end
    end
  end
  return coroutine.wrap(function() place(1) end)
end
local count, first = 0, nil
for board in queens(6) do
  count = count + 1
  first = first or table.concat(board, " ")
end
print(count, first) --> 4	2 4 6 1 3 5
local n = 0
for _ in queens(8) do n = n + 1 end
print(n) --> 92
