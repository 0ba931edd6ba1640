--- expect: cpu
-- A comparator that does not come back.
table.sort({ 3, 1, 2 }, function() while true do end end)
