--- expect: cpu
-- A replacement function that does not come back.
print((("x"):gsub("x", function() while true do end end)))
