--- rocks: moses-on-54
local m = require "moses"
print(m._VERSION)
print(table.concat(m.map({ 1, 2, 3 }, function(v) return v * v end), " "))
print(m.reduce({ 1, 2, 3, 4 }, function(a, b) return a + b end), m.sum { 1, 2 }, m.max { 3, 9, 2 })
print(table.concat(m.filter(m.range(1, 10), function(v) return v % 3 == 0 end), ","))
print(table.concat(m.flatten { 1, { 2, { 3, { 4 } } } }, ","), table.concat(m.uniq { 1, 1, 2, 3, 2 }, ","))
print(m.isEqual({ 1, { 2 } }, { 1, { 2 } }), m.include({ 1, 2 }, 2), m.indexOf({ "a", "b" }, "b"))
print(m.compose(function(x) return x + 1 end, function(x) return x * 2 end)(5), m.partial(math.max, 7)(3))
local sorted = m.sortBy({ { n = 3 }, { n = 1 }, { n = 2 } }, "n")
print(sorted[1].n, sorted[2].n, sorted[3].n)
local groups = m.groupBy({ 1, 2, 3, 4 }, function(v) return v % 2 == 0 and "even" or "odd" end)
print(#groups.even, #groups.odd, m.chain({ 3, 1, 2 }):sort():map(function(v) return v * 10 end):join(","):value())
