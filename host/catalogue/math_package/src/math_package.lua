-- Everything of the package under one name; doc/math_package.md says what each function does.
local check = require "math_package.check"

local math_package = {}

for _, part in ipairs { "statistics", "combinatorics", "fit" } do
  for name, value in pairs(require("math_package." .. part)) do math_package[name] = value end
end

function math_package.compute(n)
  check.number(n, "n")
  return 2 * n
end

return math_package
