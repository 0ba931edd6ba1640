-- Expected values: Python 3.11 (statistics, fractions) and NumPy 2, unless the comment says otherwise.
local m = require "math_package"

local function close(got, expected, tolerance)
  local most = (tolerance or 1e-14) * math.max(1, math.abs(expected))
  if not (math.abs(got - expected) <= most) then
    error(("expected %.17g, got %.17g"):format(expected, got), 2)
  end
end

local function same(got, expected)
  assert(#got == #expected, #got)
  for i, value in ipairs(expected) do close(got[i], value) end
end

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

-- The specification's own example.
assert(m.compute(10) == 20 and math.type(m.compute(10)) == "integer")
assert(m.compute(1.5) == 3.0)
fails("argument `n`: expected a finite number, got \"ten\"", m.compute, "ten")

-- Sums that plain addition gets wrong.
assert(m.sum { 1, 1e100, 1, -1e100 } == 2)
assert(m.sum {} == 0)
local tenths = {}
for i = 1, 1000 do tenths[i] = 0.1 end
assert(m.sum(tenths) == 100)
assert(m.mean { 1e308, 1e308, 1e308 } == 1e308) -- the sum is no number
assert(m.mean { 1, 2, 3, 4 } == 2.5)
assert(m.sum { 1e308, 1e308 } == math.huge)

-- A large offset does not eat the variance. NIST's NumAcc4, shortened: mean 10000000.2, deviation 0.1.
local numacc = { 10000000.2 }
for i = 1, 500 do
  numacc[2 * i], numacc[2 * i + 1] = 10000000.1, 10000000.3
end
close(m.mean(numacc), 10000000.2)
close(m.deviation(numacc), 0.1, 1e-8)
assert(m.variance { 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 } == 30)
assert(m.variance({ 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 }, "population") == 22.5)
assert(m.variance({ 5 }, "population") == 0)
close(m.deviation { 2, 4, 4, 4, 5, 5, 7, 9 }, 2.138089935299395)
close(m.deviation({ 2, 4, 4, 4, 5, 5, 7, 9 }, "population"), 2.0)
fails("a list of at least 2 numbers, got 1", m.variance, { 1 })
fails("argument `kind`: expected one of `sample`, `population`, got \"whole\"", m.variance, { 1, 2 }, "whole")

-- Order.
assert(m.median { 3, 1, 2 } == 2)
assert(m.median { 4, 1, 3, 2 } == 2.5)
assert(m.median { 1.7e308, 1.7e308 } == 1.7e308)
assert(m.median { math.maxinteger, math.maxinteger } == 2.0 ^ 63)
local modes, times = m.mode { 3, 1, 3, 2, 1 }
assert(times == 2 and table.concat(modes, " ") == "1 3")
local ten = { 7, 2, 9, 4, 1, 10, 3, 8, 5, 6 }
local at_a_third = { 4, 4, 3, 3.3, 3.8, 3.63, 3.97, 3.743333333333333, 3.7575 }
for definition, expected in ipairs(at_a_third) do
  close(m.quantile(ten, 0.33, definition), expected)
  assert(m.quantile(ten, 0, definition) == 1 and m.quantile(ten, 1, definition) == 10)
end
-- Where n p is an integer the first three definitions differ.
assert(m.quantile(ten, 0.3, 1) == 3 and m.quantile(ten, 0.3, 2) == 3.5 and m.quantile(ten, 0.3, 3) == 3)
same(m.quantiles(ten, { 0.25, 0.5, 0.75 }), { 3.25, 5.5, 7.75 })
assert(ten[1] == 7, "the list of the caller is left as it was")
fails("argument `p`: expected a number from 0 to 1, got 1.5", m.quantile, ten, 1.5)
fails("argument `probabilities[2]`", m.quantiles, ten, { 0.5, -1 })
fails("argument `definition`: expected an integer from 1 to 9, got 10", m.quantile, ten, 0.5, 10)
local summary = m.summary(ten)
assert(summary.count == 10 and summary.least == 1 and summary.most == 10 and summary.median == 5.5)
close(summary.deviation, 3.0276503540974917)
assert(m.summary({ 4 }).deviation == nil)

-- Pairs.
local x, y = { 1, 2, 3, 4, 5 }, { 2.2, 4.1, 6.2, 7.9, 10.1 }
close(m.covariance(x, y), 4.9)
close(m.covariance(x, y, "population"), 3.92)
close(m.correlation(x, y), 0.9994278134203438)
assert(m.correlation({ 1, 2, 3 }, { 2, 4, 6 }) == 1 and m.correlation({ 1, 2, 3 }, { 3, 2, 1 }) == -1)
close(m.correlation({ 1e200, 2e200, 3e200 }, { 1e-200, 3e-200, 2e-200 }), 0.5)
assert(m.correlation({ 1, 1, 1 }, { 1, 2, 3 }) == nil)
same(m.ranks { 10, 20, 10, 30 }, { 1.5, 3, 1.5, 4 })
close(m.rank_correlation({ 1, 2, 3, 4, 5 }, { 1, 8, 27, 64, 125 }), 1)
close(m.rank_correlation({ 106, 86, 100, 101, 99, 103, 97, 113, 112, 110 },
  { 7, 0, 27, 50, 28, 29, 20, 12, 6, 17 }), -29 / 165) -- the worked example of the textbooks
fails("arguments `x` and `y`: expected lists of one length, got 3 and 2", m.correlation, { 1, 2, 3 }, { 1, 2 })

-- One number at a time, and two halves put together.
local whole, left, right = m.accumulator(), m.accumulator(), m.accumulator()
assert(whole:mean() == nil and whole:variance() == nil and whole:count() == 0)
for i, value in ipairs(numacc) do
  whole:add(value)
  local half = i % 3 == 0 and left or right
  half:add(value)
end
close(whole:mean(), 10000000.2)
close(whole:deviation(), 0.1, 1e-8)
left:merge(right):merge(m.accumulator())
assert(left:count() == 1001 and left:least() == 10000000.1 and left:most() == 10000000.3)
close(left:mean(), 10000000.2)
close(left:variance("population"), whole:variance("population"), 1e-12)
fails("argument `other`: expected an accumulator", whole.merge, whole, {})
fails("argument `value`: expected a finite number", whole.add, whole, 1 / 0)

-- Lists.
fails("argument `list`: expected a list of numbers, got nil", m.mean)
fails("argument `list`: expected a list of at least 1 numbers, got 0", m.median, {})
fails("argument `list[2]`: expected a finite number, got \"2\"", m.mean, { 1, "2" })
fails("argument `list[3]`: expected a finite number, got nan", m.mean, { 1, 2, 0 / 0 })
