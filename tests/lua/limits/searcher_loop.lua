--- expect: cpu
-- A package searcher that does not come back.
table.insert(package.searchers, 1, function() while true do end end)
print(pcall(require, "x"))
