local check = require "bio_utils.check"

local distance = {}

local byte, min = string.byte, math.min
local BLOCK = 64 -- bytes that are compared at once

-- At how many positions two sequences of one length differ. Equal blocks are passed over.
function distance.hamming_distance(a, b)
  check.sequence(a, "a")
  check.sequence(b, "b")
  if #a ~= #b then
    error(("arguments `a` and `b`: expected sequences of one length, got %d and %d"):format(#a, #b), 2)
  end
  local count = 0
  for first = 1, #a, BLOCK do
    local last = min(#a, first + BLOCK - 1)
    if a:sub(first, last) ~= b:sub(first, last) then
      for i = first, last do
        if byte(a, i) ~= byte(b, i) then count = count + 1 end
      end
    end
  end
  return count
end

-- The least number of letters to change, insert or remove (Levenshtein). With `most` the search ends as
-- soon as it is clear that there are more, and the result is nil.
function distance.edit_distance(a, b, most)
  check.sequence(a, "a")
  check.sequence(b, "b")
  if most ~= nil then most = check.integer(most, "most", 0, math.maxinteger) end
  if #a > #b then a, b = b, a end
  if most and #b - #a > most then return nil end
  local row = {}
  for i = 0, #a do row[i] = i end
  for j = 1, #b do
    local letter, diagonal, least = byte(b, j), row[0], j
    row[0] = j
    for i = 1, #a do
      local above = row[i]
      local cost = min(above + 1, row[i - 1] + 1, byte(a, i) == letter and diagonal or diagonal + 1)
      diagonal, row[i] = above, cost
      if cost < least then least = cost end
    end
    if most and least > most then return nil end
  end
  if most and row[#a] > most then return nil end
  return row[#a]
end

return distance
