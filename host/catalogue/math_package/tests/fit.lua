-- Expected values: NumPy 2 (polyfit, lstsq), and the certified values of NIST's data set Norris where it is named.
local m = require "math_package"

local function close(got, expected, tolerance)
  if not (math.abs(got - expected) <= (tolerance or 1e-12) * math.max(1, math.abs(expected))) then
    error(("expected %.17g, got %.17g"):format(expected, got), 2)
  end
end

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local line = m.linear_fit({ 1, 2, 3, 4, 5 }, { 2.2, 4.1, 6.2, 7.9, 10.1 })
close(line.slope, 1.96)
close(line.intercept, 0.22)
close(line.r2, 0.9988559542381697)
close(line.slope_error, 0.03829708431025336)
close(line.intercept_error, 0.1270170592217178)
close(line.predict(10), 19.82)
assert(line.freedom == 3 and #line.residuals == 5)
close(m.sum(line.residuals), 0)
close(line.residuals[1], 0.02)

-- NIST StRD, Norris: certified intercept, slope, their deviations, residual deviation, R2.
local nx = { 0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9,
  338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3,
  229.2, 669.1, 448.9, 0.5 }
local ny = { 0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3,
  448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9,
  668.4, 449.2, 0.2 }
local norris = m.linear_fit(nx, ny)
close(norris.intercept, -0.262323073774029, 1e-11)
close(norris.slope, 1.00211681802045, 1e-13)
close(norris.intercept_error, 0.232818234301152, 1e-11)
close(norris.slope_error, 0.429796848199937e-03, 1e-12)
close(norris.residual_deviation, 0.884796396144373, 1e-11)
close(norris.r2, 0.999993745883712, 1e-13)

-- Through two points; nothing is left to judge.
local exact = m.linear_fit({ 0, 1 }, { 1, 3 })
assert(exact.slope == 2 and exact.intercept == 1 and exact.r2 == 1 and exact.residual_deviation == nil)
assert(m.linear_fit({ 0, 1, 2 }, { 4, 4, 4 }).r2 == nil)
-- A line far from the origin keeps its digits.
close(m.linear_fit({ 1e8 + 1, 1e8 + 2, 1e8 + 3 }, { 1, 2, 3 }).slope, 1)
fails("argument `x`: expected numbers of which two differ", m.linear_fit, { 2, 2 }, { 1, 3 })
fails("argument `x`: expected a list of at least 2 numbers", m.linear_fit, { 2 }, { 1 })
fails("lists of one length, got 2 and 3", m.linear_fit, { 1, 2 }, { 1, 2, 3 })
fails("argument `x`: expected a finite number", line.predict, "here")

local parabola = m.polynomial_fit({ 1, 2, 3, 4, 5 }, { 1, 4, 9, 16, 25 }, 2)
for i, value in ipairs { 0, 0, 1 } do close(parabola.coefficients[i], value) end
close(parabola.predict(12), 144)
close(parabola.r2, 1)
local cubic = m.polynomial_fit({ 0, 1, 2, 3, 4, 5 }, { 0, 0.8, 0.9, 0.1, -0.8, -1 }, 3)
for i, value in ipairs { -0.03968253968253, 1.6931216931216932, -0.8134920634920636, 0.08703703703703704 } do
  close(cubic.coefficients[i], value, 1e-11)
end
assert(#m.polynomial_fit({ 3 }, { 7 }, 0).coefficients == 1)
fails("at least 3 different numbers for degree 2", m.polynomial_fit, { 1, 1, 2 }, { 1, 1, 2 }, 2)
fails("at least 3 points for degree 2, got 2", m.polynomial_fit, { 1, 2 }, { 1, 2 }, 2)
fails("argument `degree`: expected an integer from 0 to 20", m.polynomial_fit, { 1, 2 }, { 1, 2 }, 21)

local plane = m.least_squares({ { 1, 1, 2 }, { 1, 2, 1 }, { 1, 3, 5 }, { 1, 4, 2 } }, { 1, 2, 3, 5 })
for i, value in ipairs { -0.2987804878048779, 1.3536585365853657, -0.1341463414634147 } do
  close(plane.coefficients[i], value)
end
close(plane.predict { 1, 4, 2 }, 4.847560975609756)
assert(plane.freedom == 1)
fails("column 3 depends on the columns before it", m.least_squares, { { 1, 2, 3 }, { 1, 5, 6 }, { 1, 7, 8 } }, { 1, 2, 3 })
fails("argument `rows[2]`: expected 2 numbers, got 1", m.least_squares, { { 1, 2 }, { 1 } }, { 1, 2 })
fails("lists of one length, got 1 and 2", m.least_squares, { { 1 } }, { 1, 2 })
fails("argument `rows`: expected a list of lists of numbers, got nil", m.least_squares, nil, { 1, 2 })
fails("argument `row`: expected 3 numbers, got 4", plane.predict, { 1, 2, 3, 4 })
