local check = require "math_package.check"
local sum = require "math_package.sum"

local statistics = {}

local sqrt, floor, abs, min, max = math.sqrt, math.floor, math.abs, math.min, math.max
local KINDS = { "sample", "population" }

function statistics.sum(list)
  return sum.list(list, check.list(list, "list", 0))
end

function statistics.mean(list)
  return sum.mean(list, check.list(list, "list", 1))
end

-- The sum of (x - mean x)(y - mean y). The second sum takes out what the rounding of the means put in.
local function products(x, y, count)
  local mean_x, mean_y = sum.mean(x, count), sum.mean(y, count)
  local total = sum.of(count, function(i) return (x[i] - mean_x) * (y[i] - mean_y) end)
  local off_x = sum.of(count, function(i) return x[i] - mean_x end)
  local off_y = x == y and off_x or sum.of(count, function(i) return y[i] - mean_y end)
  return total - off_x * off_y / count
end

local function divisor(count, kind)
  return check.choice(kind, "kind", KINDS, "sample") == "sample" and count - 1 or count
end

local function least(kind) return kind == "population" and 1 or 2 end

function statistics.variance(list, kind)
  local count = check.list(list, "list", least(kind))
  local by = divisor(count, kind)
  return max(0.0, products(list, list, count)) / by
end

function statistics.deviation(list, kind)
  local count = check.list(list, "list", least(kind))
  local by = divisor(count, kind)
  return sqrt(max(0.0, products(list, list, count)) / by)
end

function statistics.covariance(x, y, kind)
  local count = check.pairs(x, y, least(kind))
  local by = divisor(count, kind)
  return products(x, y, count) / by
end

-- The list with its largest number brought to 1: a correlation does not depend on the scale, squares do.
local function scaled(list, count)
  local most = 0.0
  for i = 1, count do most = max(most, abs(list[i])) end
  if most == 0 or (most > 1e-50 and most < 1e50) then return list end
  local result = {}
  for i = 1, count do result[i] = list[i] / most end
  return result
end

local function correlation(x, y, count)
  x, y = scaled(x, count), scaled(y, count)
  local xx, yy = products(x, x, count), products(y, y, count)
  if xx <= 0 or yy <= 0 then return nil, "all numbers of a list are equal" end
  return max(-1.0, min(1.0, products(x, y, count) / sqrt(xx * yy)))
end

function statistics.correlation(x, y)
  return correlation(x, y, check.pairs(x, y, 2))
end

local function sorted(list, count)
  local copy = table.move(list, 1, count, 1, {})
  table.sort(copy)
  return copy
end

-- Equal numbers share the mean of the ranks that they take up.
local function ranks(list, count)
  local order = {}
  for i = 1, count do order[i] = i end
  table.sort(order, function(a, b)
    if list[a] ~= list[b] then return list[a] < list[b] end
    return a < b
  end)
  local result, first = {}, 1
  while first <= count do
    local last = first
    while last < count and list[order[last + 1]] == list[order[first]] do last = last + 1 end
    for i = first, last do result[order[i]] = (first + last) / 2 end
    first = last + 1
  end
  return result
end

function statistics.ranks(list)
  return ranks(list, check.list(list, "list", 0))
end

function statistics.rank_correlation(x, y)
  local count = check.pairs(x, y, 2)
  return correlation(ranks(x, count), ranks(y, count), count)
end

-- As floats, and half of each where the sum of both is no number.
local function middle(a, b)
  local total = a + 0.0 + b
  if total - total == 0 then return total / 2 end
  return a / 2 + b / 2
end

function statistics.median(list)
  local count = check.list(list, "list", 1)
  local copy = sorted(list, count)
  if count % 2 == 1 then return copy[count // 2 + 1] end
  return middle(copy[count // 2], copy[count // 2 + 1])
end

-- All numbers that occur most often, in rising order, and how often.
function statistics.mode(list)
  local count = check.list(list, "list", 1)
  local copy = sorted(list, count)
  local modes, most, run = {}, 0, 0
  for i = 1, count do
    run = (i > 1 and copy[i] == copy[i - 1]) and run + 1 or 1
    if run > most then modes, most = {}, run end
    if run == most then modes[#modes + 1] = copy[i] end
  end
  return modes, most
end

-- The nine definitions of Hyndman and Fan (1996). 1 to 3 step, 4 to 9 are lines between
-- the points (i - a) / (n + 1 - a - b), given here as the position that belongs to p.
local POSITION = {
  [4] = function(n, p) return n * p end,
  [5] = function(n, p) return n * p + 0.5 end,
  [6] = function(n, p) return (n + 1) * p end,
  [7] = function(n, p) return (n - 1) * p + 1 end,
  [8] = function(n, p) return (n + 1 / 3) * p + 1 / 3 end,
  [9] = function(n, p) return (n + 0.25) * p + 0.375 end,
}

local FUZZ = 4 * 2.0 ^ -52 -- n * p that is an integer but for rounding counts as one

local function stepped(n, p, definition)
  local at = n * p - (definition == 3 and 0.5 or 0)
  local below = floor(at + FUZZ)
  local on_it = abs(at - below) < FUZZ * max(1, n)
  if definition == 1 then return on_it and below or below + 1 end
  if definition == 2 then return on_it and below or below + 1, below + 1 end
  return (on_it and below % 2 == 0) and below or below + 1
end

local function clamped(copy, n, i) return copy[max(1, min(n, i))] end

local function quantile(copy, n, p, definition)
  if definition <= 3 then
    local a, b = stepped(n, p, definition)
    return b and middle(clamped(copy, n, a), clamped(copy, n, b)) or clamped(copy, n, a)
  end
  local at = POSITION[definition](n, p)
  local below = floor(at + FUZZ)
  local part = at - below
  if abs(part) < FUZZ then part = 0 end
  local a, b = clamped(copy, n, below), clamped(copy, n, below + 1)
  if part == 0 or a == b then return a end
  return (1 - part) * a + part * b
end

local function probability(p, name)
  if math.type(p) == nil or not (p >= 0 and p <= 1) then check.fail(name, "a number from 0 to 1", p, 4) end
end

function statistics.quantile(list, p, definition)
  local count = check.list(list, "list", 1)
  probability(p, "p")
  definition = check.integer(definition or 7, "definition", 1, 9)
  return quantile(sorted(list, count), count, p, definition)
end

function statistics.quantiles(list, probabilities, definition)
  local count = check.list(list, "list", 1)
  local wanted = check.list(probabilities, "probabilities", 1)
  definition = check.integer(definition or 7, "definition", 1, 9)
  local copy, result = sorted(list, count), {}
  for i = 1, wanted do
    probability(probabilities[i], ("probabilities[%d]"):format(i))
    result[i] = quantile(copy, count, probabilities[i], definition)
  end
  return result
end

function statistics.summary(list)
  local count = check.list(list, "list", 1)
  local copy = sorted(list, count)
  return {
    count = count,
    mean = sum.mean(list, count),
    deviation = count > 1 and sqrt(max(0.0, products(list, list, count)) / (count - 1)) or nil,
    least = copy[1],
    lower_quartile = quantile(copy, count, 0.25, 7),
    median = quantile(copy, count, 0.5, 7),
    upper_quartile = quantile(copy, count, 0.75, 7),
    most = copy[count],
  }
end

-- Welford's running mean and sum of squared deviations: one pass, three numbers, any length.
local Accumulator = {}
Accumulator.__index = Accumulator

function statistics.accumulator()
  return setmetatable({ n = 0, average = 0.0, squares = 0.0 }, Accumulator)
end

function Accumulator:add(value)
  check.number(value, "value")
  self.n = self.n + 1
  local off = value - self.average
  self.average = self.average + off / self.n
  self.squares = self.squares + off * (value - self.average)
  self.low = min(self.low or value, value)
  self.high = max(self.high or value, value)
  return self
end

function Accumulator:merge(other)
  if getmetatable(other) ~= Accumulator then check.fail("other", "an accumulator", other) end
  local n = self.n + other.n
  if other.n == 0 then return self end
  local off = other.average - self.average
  self.squares = self.squares + other.squares + off * off * (self.n / n) * other.n
  self.average = self.average + off * (other.n / n)
  self.low = min(self.low or other.low, other.low)
  self.high = max(self.high or other.high, other.high)
  self.n = n
  return self
end

function Accumulator:count() return self.n end
function Accumulator:mean() return self.n > 0 and self.average or nil end
function Accumulator:least() return self.low end
function Accumulator:most() return self.high end

function Accumulator:variance(kind)
  if self.n < least(kind) then return nil end
  return self.squares / divisor(self.n, kind)
end

function Accumulator:deviation(kind)
  local variance = self:variance(kind)
  return variance and sqrt(variance)
end

return statistics
