local check = require "math_package.check"
local sum = require "math_package.sum"

local fit = {}

local sqrt, abs, max = math.sqrt, math.abs, math.max
local MOST_DEGREE = 20 -- beyond, a polynomial through measured points means nothing
local SINGULAR = 1e-12 -- a column this small beside its first length depends on the others

-- Residuals and R2, from predictions. R2 is nil where all y are equal: there is nothing to explain.
local function judge(result, y, count, parameters)
  local residuals = {}
  for i = 1, count do residuals[i] = y[i] - result.predicted[i] end
  local mean = sum.mean(y, count)
  local left = sum.of(count, function(i) return residuals[i] * residuals[i] end)
  local all = sum.of(count, function(i) return (y[i] - mean) * (y[i] - mean) end)
  result.residuals = residuals
  result.r2 = all > 0 and 1 - left / all or nil
  result.freedom = count - parameters
  result.residual_deviation = result.freedom > 0 and sqrt(left / result.freedom) or nil
  return result
end

-- The line with the least sum of squared distances in y.
function fit.linear_fit(x, y)
  local count = check.pairs(x, y, 2)
  local mean_x, mean_y = sum.mean(x, count), sum.mean(y, count)
  local xx = sum.of(count, function(i) return (x[i] - mean_x) * (x[i] - mean_x) end)
  if not (xx > 0 and xx < math.huge) then
    error("argument `x`: expected numbers of which two differ, and whose squares are numbers", 2)
  end
  local xy = sum.of(count, function(i) return (x[i] - mean_x) * (y[i] - mean_y) end)
  local slope = xy / xx
  local intercept = mean_y - slope * mean_x
  local predicted = {}
  for i = 1, count do predicted[i] = mean_y + slope * (x[i] - mean_x) end
  local result = judge({ slope = slope, intercept = intercept, predicted = predicted }, y, count, 2)
  local deviation = result.residual_deviation
  if deviation then
    result.slope_error = deviation / sqrt(xx)
    result.intercept_error = deviation * sqrt(1 / count + mean_x * mean_x / xx)
  end
  function result.predict(at)
    check.number(at, "x")
    return mean_y + slope * (at - mean_x)
  end
  return result
end

-- Makes the entries of column j below the diagonal zero in columns j .. n and in y (Householder).
local function reflect(columns, y, j, count)
  local column = columns[j]
  local length = sqrt(sum.of(count - j + 1, function(i) return column[j + i - 1] ^ 2 end))
  if length == 0 then return 0.0 end
  local diagonal = column[j] > 0 and -length or length
  column[j] = column[j] - diagonal
  local half = length * (length + abs(column[j] + diagonal)) -- half the square of the vector's length
  for c = j + 1, #columns + 1 do
    local other = columns[c] or y
    local share = sum.of(count - j + 1, function(i) return column[j + i - 1] * other[j + i - 1] end) / half
    for i = j, count do other[i] = other[i] - share * column[i] end
  end
  return diagonal
end

-- The coefficients that make the sum of columns[j] * coefficient[j] closest to y. Both are used up.
-- Returns nil and the number of a column when that one depends on those before it.
local function solve(columns, y, count)
  local diagonal = {}
  for j, column in ipairs(columns) do
    local before = sqrt(sum.of(count, function(i) return column[i] * column[i] end))
    diagonal[j] = reflect(columns, y, j, count)
    if abs(diagonal[j]) <= SINGULAR * before then return nil, j end
  end
  local coefficients = {}
  for j = #columns, 1, -1 do
    local known = sum.of(#columns - j, function(i) return columns[j + i][j] * coefficients[j + i] end)
    coefficients[j] = (y[j] - known) / diagonal[j]
  end
  return coefficients
end

local function matrix(rows, count)
  if type(rows) ~= "table" then check.fail("rows", "a list of lists of numbers", rows, 4) end
  local columns, width = {}, nil
  for i = 1, count do
    local row = rows[i]
    local entries = check.list(row, ("rows[%d]"):format(i), 1)
    width = width or entries
    if entries ~= width then check.fail(("rows[%d]"):format(i), width .. " numbers", entries, 4) end
    for j = 1, width do
      columns[j] = columns[j] or {}
      columns[j][i] = row[j]
    end
  end
  return columns, width
end

-- y as a linear combination of the entries of each row; a constant is a column of ones.
function fit.least_squares(rows, y)
  local count = check.list(y, "y", 1)
  if type(rows) == "table" and #rows ~= count then
    error(("arguments `rows` and `y`: expected lists of one length, got %d and %d"):format(#rows, count), 2)
  end
  local columns, width = matrix(rows, count)
  if count < width then check.fail("rows", ("at least %d rows for %d columns"):format(width, width), count) end
  local coefficients, bad = solve(columns, table.move(y, 1, count, 1, {}), count)
  if not coefficients then
    error(("argument `rows`: column %d depends on the columns before it"):format(bad), 2)
  end
  local function predict(row)
    return sum.of(width, function(j) return row[j] * coefficients[j] end)
  end
  local predicted = {}
  for i = 1, count do predicted[i] = predict(rows[i]) end
  local result = judge({ coefficients = coefficients, predicted = predicted }, y, count, width)
  function result.predict(row)
    if check.list(row, "row", width) ~= width then check.fail("row", width .. " numbers", #row) end
    return predict(row)
  end
  return result
end

-- Powers of (x - centre) / scale lie between -1 and 1, so that the columns stay apart.
local function powers(x, count, degree)
  local low, high = x[1], x[1]
  for i = 2, count do low, high = math.min(low, x[i]), max(high, x[i]) end
  local centre, scale = low / 2 + high / 2, high / 2 - low / 2
  if scale == 0 then scale = 1 end
  local columns = {}
  for power = 0, degree do
    local column = {}
    for i = 1, count do column[i] = ((x[i] - centre) / scale) ^ power end
    columns[power + 1] = column
  end
  return columns, centre, scale
end

-- From powers of (x - centre) / scale to powers of x, by Horner's rule on polynomials.
local function expanded(coefficients, centre, scale)
  local result = { 0.0 }
  for k = #coefficients, 1, -1 do
    local shifted = { 0.0 }
    for i, value in ipairs(result) do
      shifted[i] = shifted[i] - value * centre / scale
      shifted[i + 1] = value / scale
    end
    shifted[1] = shifted[1] + coefficients[k]
    result = shifted
  end
  result[#coefficients + 1] = nil
  return result
end

function fit.polynomial_fit(x, y, degree)
  local count = check.pairs(x, y, 1)
  degree = check.integer(degree, "degree", 0, MOST_DEGREE)
  if count <= degree then check.fail("x", ("at least %d points for degree %d"):format(degree + 1, degree), count) end
  local columns, centre, scale = powers(x, count, degree)
  local inner = solve(columns, table.move(y, 1, count, 1, {}), count)
  if not inner then
    error(("argument `x`: expected at least %d different numbers for degree %d"):format(degree + 1, degree), 2)
  end
  local function predict(at)
    local value, result = (at - centre) / scale, 0.0
    for k = degree + 1, 1, -1 do result = result * value + inner[k] end
    return result
  end
  local predicted = {}
  for i = 1, count do predicted[i] = predict(x[i]) end
  local result = { coefficients = expanded(inner, centre, scale), predicted = predicted }
  judge(result, y, count, degree + 1)
  function result.predict(at)
    check.number(at, "x")
    return predict(at)
  end
  return result
end

return fit
