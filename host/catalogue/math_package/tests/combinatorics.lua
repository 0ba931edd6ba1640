-- Expected values: exact integers of Python 3.11, rounded once; logarithms with 60 digits by its decimal module.
local m = require "math_package"

local function close(got, expected)
  if not (math.abs(got - expected) <= 4e-16 * math.abs(expected)) then
    error(("expected %.17g, got %.17g"):format(expected, got), 2)
  end
end

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function shown(iterator)
  local all = {}
  for choice in iterator do all[#all + 1] = table.concat(choice) end
  return table.concat(all, " ")
end

assert(m.factorial(0) == 1 and m.factorial(5) == 120 and m.factorial(5.0) == 120)
assert(math.type(m.factorial(20)) == "integer" and m.factorial(20) == 2432902008176640000)
assert(math.type(m.factorial(21)) == "float" and m.factorial(21) == 51090942171709440000.0)
assert(m.factorial(25) == 15511210043330985984000000.0 and m.factorial(170) == 7.257415615307999e306)
fails("the factorial of 171 is more than a number can hold; use `log_factorial`", m.factorial, 171)
fails("argument `n`: expected an integer from 0 to", m.factorial, -1)
fails("argument `n`: expected an integer from 0 to", m.factorial, 2.5)
close(m.log_factorial(171), 711.7147258022901)
close(m.log_factorial(1000000), 12815518.384658169)
assert(m.log_factorial(1) == 0)

assert(m.binomial(5, 2) == 10 and m.binomial(5, 0) == 1 and m.binomial(5, 6) == 0 and m.binomial(52, 47) == 2598960)
assert(m.binomial(66, 33) == 7219428434016265740 and math.type(m.binomial(66, 33)) == "integer")
assert(m.binomial(67, 33) == 1.4226520737620287e19 and m.binomial(100, 50) == 1.008913445455642e29)
assert(m.binomial(1000, 500) == 2.7028824094543655e299 and m.binomial(2147483648, 2) == 2305843008139952128)
fails("use `log_binomial`", m.binomial, 1100, 550)
fails("use `log_binomial`", m.binomial, 2147483648, 1073741824)
close(m.log_binomial(1000000000000000, 1001), 28654.278238037617)
close(m.log_binomial(1000000000000000, 5), 167.90639023177138)
close(m.log_binomial(1000, 500), 689.4672615678512)
assert(m.log_binomial(7, 7) == 0)
assert(m.arrangements(10, 3) == 720 and m.arrangements(3, 4) == 0 and m.arrangements(4, 0) == 1)
assert(m.arrangements(30, 20) == 7.3096577329197275e25)
fails("more than a number can hold", m.arrangements, 300, 200)

assert(shown(m.permutations { 1, 2, 3 }) == "123 132 213 231 312 321")
assert(shown(m.permutations({ "a", "b", "c" }, 2)) == "ab ac ba bc ca cb")
assert(shown(m.permutations({ 1, 1 })) == "11 11", "by position, not by value")
assert(shown(m.permutations({}, 0)) == "" and shown(m.permutations({ 1 }, 2)) == "")
assert(shown(m.combinations({ "a", "b", "c", "d" }, 2)) == "ab ac ad bc bd cd")
assert(shown(m.combinations({ 1, 2, 3 }, 3)) == "123" and shown(m.combinations({ 1, 2, 3 }, 4)) == "")
for n = 0, 6 do
  for k = 0, n do
    local list, choices, orders, seen = {}, 0, 0, {}
    for i = 1, n do list[i] = i end
    for choice in m.combinations(list, k) do choices = choices + (#choice == k and 1 or 0) end
    for order in m.permutations(list, k) do
      local name = table.concat(order)
      assert(not seen[name])
      seen[name], orders = true, orders + 1
    end
    assert(choices == m.binomial(n, k) and orders == m.arrangements(n, k), n .. " " .. k)
  end
end
local once = m.combinations({ 1 }, 0)
assert(#once() == 0 and once() == nil and once() == nil)
local spent = m.permutations { 1 }
assert(spent() and spent() == nil and spent() == nil)
fails("argument `list`: expected a list, got nil", m.permutations)
fails("argument `k`: expected an integer", m.combinations, { 1 }, -1)
-- The first of very many is there at once.
local many = {}
for i = 1, 200 do many[i] = i end
assert(#m.permutations(many)() == 200 and #m.combinations(many, 100)() == 100)
