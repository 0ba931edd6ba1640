-- Sums that keep what rounding would lose (Neumaier's variant of Kahan's summation): the error is about
-- one rounding of the result, not one for each term.
local sum = {}

local abs, huge = math.abs, math.huge

-- The sum of term(i) for i = 1 .. count.
function sum.of(count, term)
  local total, lost = 0.0, 0.0
  for i = 1, count do
    local value = term(i)
    local next_total = total + value
    if abs(total) >= abs(value) then
      lost = lost + ((total - next_total) + value)
    else
      lost = lost + ((value - next_total) + total)
    end
    total = next_total
  end
  -- After an overflow the lost part is not a number, and the total says what happened.
  if total ~= total or total == huge or total == -huge then return total end
  return total + lost
end

function sum.list(list, count)
  return sum.of(count, function(i) return list[i] end)
end

-- The mean of numbers that may be so large that their sum is not a number any more.
local SCALE = 2.0 ^ -64 -- exact, and 2^64 is more than the length of any list

function sum.mean(list, count)
  local total = sum.list(list, count)
  if total - total == 0 then return total / count end
  return sum.of(count, function(i) return list[i] * SCALE end) / count / SCALE
end

return sum
