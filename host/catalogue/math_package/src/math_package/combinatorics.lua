local check = require "math_package.check"

local combinatorics = {}

local MOST_INTEGER = math.maxinteger
local MOST_FACTORIAL = 170 -- 171! is more than the largest float
local MOST_DIGITS = 309 -- of a number that a float can hold
local MOST_N = 1 << 31 -- a limb times n fits in an integer

-- Natural numbers of any size: limbs of seven digits, the lowest first. Only what the functions here need.
local LIMB, LIMB_DIGITS = 10000000, 7

local function big_times(big, factor)
  local carry = 0
  for i = 1, #big do
    local value = big[i] * factor + carry
    big[i], carry = value % LIMB, value // LIMB
  end
  while carry > 0 do
    big[#big + 1], carry = carry % LIMB, carry // LIMB
  end
end

local function big_over(big, divisor)
  local rest = 0
  for i = #big, 1, -1 do
    local value = rest * LIMB + big[i]
    big[i], rest = value // divisor, value % divisor
  end
  while #big > 1 and big[#big] == 0 do big[#big] = nil end
end

-- The nearest float: reading a decimal number rounds once.
local function big_float(big)
  local digits = { tostring(big[#big]) }
  for i = #big - 1, 1, -1 do digits[#digits + 1] = ("%07d"):format(big[i]) end
  return tonumber(table.concat(digits) .. ".0")
end

local function too_large(what, other)
  error(("%s is more than a number can hold; use `%s`"):format(what, other), 3)
end

local factorials -- the nearest number to each, integers as far as they reach

local function fill_factorials()
  factorials = { [0] = 1 }
  local big = { 1 }
  for n = 1, MOST_FACTORIAL do
    big_times(big, n)
    factorials[n] = n <= 20 and factorials[n - 1] * n or big_float(big)
  end
end

function combinatorics.factorial(n)
  n = check.integer(n, "n", 0, MOST_INTEGER)
  if n > MOST_FACTORIAL then too_large(("the factorial of %d"):format(n), "log_factorial") end
  if not factorials then fill_factorials() end
  return factorials[n]
end

-- What Stirling's formula lacks: log n! - (n log n - n + log(2 pi n) / 2). Five terms of the series leave
-- less than 1e-16 from 16 on.
local function stirling_rest(n)
  if n < 16 then
    return n == 0 and 0 or math.log(factorials[n]) - (n * math.log(n) - n + 0.5 * math.log(2 * math.pi * n))
  end
  local y = 1.0 / n / n
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / n
end

local function log_factorial(n)
  if not factorials then fill_factorials() end
  if n <= MOST_FACTORIAL then return math.log(factorials[n]) end
  return n * math.log(n) - n + 0.5 * math.log(2 * math.pi * n) + stirling_rest(n)
end

-- log(1 + x), also for an x of which 1 + x keeps little.
local function log_one_and(x)
  local near = 1 + x
  return near == 1 and x or math.log(near) * (x / (near - 1))
end

function combinatorics.log_factorial(n)
  return log_factorial(check.integer(n, "n", 0, MOST_INTEGER))
end

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

-- As an integer while every step fits; nil when one does not.
local function small_binomial(n, k)
  local result = 1
  for i = 1, k do
    local factor, divisor = n - k + i, i
    local common = gcd(result, divisor)
    result, divisor = result // common, divisor // common
    factor = factor // divisor -- what is left of the divisor divides the factor
    if result > MOST_INTEGER // factor then return nil end
    result = result * factor
  end
  return result
end

local function large_binomial(n, k)
  local big = { 1 }
  for i = 1, k do
    big_times(big, n - k + i)
    big_over(big, i)
    if (#big - 1) * LIMB_DIGITS > MOST_DIGITS then return math.huge end
  end
  return big_float(big)
end

function combinatorics.binomial(n, k)
  n = check.integer(n, "n", 0, MOST_N)
  k = check.integer(k, "k", 0, MOST_N)
  if k > n then return 0 end
  k = math.min(k, n - k)
  local result = small_binomial(n, k) or large_binomial(n, k)
  if result == math.huge then too_large(("the binomial coefficient of %d and %d"):format(n, k), "log_binomial") end
  return result
end

-- How many ways there are to choose k of n in order: n! / (n - k)!.
function combinatorics.arrangements(n, k)
  n = check.integer(n, "n", 0, MOST_N)
  k = check.integer(k, "k", 0, MOST_N)
  if k > n then return 0 end
  local result, big = 1, nil
  for factor = n - k + 1, n do
    if big then
      big_times(big, factor)
      if (#big - 1) * LIMB_DIGITS > MOST_DIGITS then result = math.huge break end
    elseif result > MOST_INTEGER // factor then
      big = { 1 }
      for done = n - k + 1, factor do big_times(big, done) end
    else
      result = result * factor
    end
  end
  result = (big and result ~= math.huge) and big_float(big) or result
  if result == math.huge then too_large(("the number of arrangements of %d of %d"):format(k, n), "log_factorial") end
  return result
end

-- The terms of Stirling's formula are put together so that none is much larger than the result.
function combinatorics.log_binomial(n, k)
  n = check.integer(n, "n", 0, MOST_INTEGER)
  k = check.integer(k, "k", 0, n)
  k = math.min(k, n - k)
  local exact = k <= 64 and small_binomial(n, k)
  if exact then return math.log(exact) end
  if not factorials then fill_factorials() end
  local rest = n - k
  return k * math.log(n / k) - rest * log_one_and(-k / n) + 0.5 * math.log(n / (2 * math.pi * k) / rest)
    + stirling_rest(n) - stirling_rest(k) - stirling_rest(rest)
end

local function items(list)
  if type(list) ~= "table" then check.fail("list", "a list", list, 4) end
  return table.move(list, 1, #list, 1, {}), #list -- a change during the iteration does no harm
end

local function pick(list, at, k)
  local result = {}
  for i = 1, k do result[i] = list[at[i]] end
  return result
end

-- Choices of k items in the order of their positions; each is a new table.
function combinatorics.combinations(list, k)
  local copy, n = items(list)
  k = check.integer(k, "k", 0, MOST_INTEGER)
  local at, started = {}, false
  for i = 1, k <= n and k or 0 do at[i] = i end
  return function()
    if not started then
      started = true
      return k <= n and pick(copy, at, k) or nil
    end
    local i = k <= n and k or 0
    while i > 0 and at[i] == n - k + i do i = i - 1 end
    if i == 0 then return nil end
    at[i] = at[i] + 1
    for j = i + 1, k do at[j] = at[j - 1] + 1 end
    return pick(copy, at, k)
  end
end

-- Puts the positions behind k in falling order, so that the next permutation changes one of the first k.
local function next_permutation(at, n, k)
  local low, high = k + 1, n
  while low < high do
    at[low], at[high] = at[high], at[low]
    low, high = low + 1, high - 1
  end
  local i = n - 1
  while i > 0 and at[i] > at[i + 1] do i = i - 1 end
  if i <= 0 then return false end
  local j = n
  while at[j] < at[i] do j = j - 1 end
  at[i], at[j] = at[j], at[i]
  low, high = i + 1, n
  while low < high do
    at[low], at[high] = at[high], at[low]
    low, high = low + 1, high - 1
  end
  return true
end

-- Arrangements of k items (all, without k) in the order of their positions; each is a new table.
function combinatorics.permutations(list, k)
  local copy, n = items(list)
  k = k == nil and n or check.integer(k, "k", 0, MOST_INTEGER)
  local at, started = {}, false
  for i = 1, n do at[i] = i end
  return function()
    if k > n then return nil end
    if started and not next_permutation(at, n, k) then
      k = n + 1 -- the end, also when asked again
      return nil
    end
    started = true
    return pick(copy, at, k)
  end
end

return combinatorics
