rockspec_format = "3.0"
package = "math_package"
version = "1.0.0-1"
source = {
   url = "git+https://github.com/bioxen/bioxen-lua.git",
   dir = "bioxen-lua/host/catalogue/math_package",
}
description = {
   summary = "Statistics, combinatorics and least-squares fits that say when a number cannot be trusted",
   detailed = [[Mean, variance, quantiles and correlation with compensated sums; exact factorials and binomial
coefficients; iterators over permutations and combinations; lines, polynomials and linear models with residuals and R2.]],
   homepage = "https://github.com/bioxen/bioxen-lua",
   license = "MIT OR Apache-2.0",
   labels = { "math", "statistics", "combinatorics", "regression" },
}
dependencies = { "lua >= 5.4, < 5.5" }
build = {
   type = "builtin",
   modules = {
      ["math_package"] = "src/math_package.lua",
      ["math_package.check"] = "src/math_package/check.lua",
      ["math_package.combinatorics"] = "src/math_package/combinatorics.lua",
      ["math_package.fit"] = "src/math_package/fit.lua",
      ["math_package.statistics"] = "src/math_package/statistics.lua",
      ["math_package.sum"] = "src/math_package/sum.lua",
   },
   copy_directories = { "doc" },
}
