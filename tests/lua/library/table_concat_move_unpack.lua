--- expect: ok
-- table.concat, table.move, table.unpack, table.pack.
print(#table.concat({}), table.concat({ 1, 2.5, "x" }, ", "), table.concat({ 1, 2, 3 }, "-", 2, 3)) --> 0	1, 2.5, x	2-3
print(#table.concat({ 1, 2 }, ",", 3), table.concat({ [5] = "five" }, "", 5, 5)) --> 0	five
print(pcall(table.concat, { 1, {}, 3 })) --> false	invalid value (table) at index 2 in table for 'concat'
print(pcall(table.concat, { 1, nil, 3 }, ",", 1, 3)) --> false	invalid value (nil) at index 2 in table for 'concat'
print(#table.concat({ "edge" }, "", math.maxinteger, math.maxinteger - 1)) --> 0
print(table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), " ")) --> 1 1 2 3
print(table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), " ")) --> 2 3 3
print(table.concat(table.move({ 1, 2, 3 }, 1, 3, 1, { 9, 9, 9, 9 }), " "), #table.move({ 1 }, 1, 0, 5)) --> 1 2 3 9	1
print(pcall(table.move, { 1 }, 1, math.maxinteger, 2)) --> false	bad argument #4 to 'table.move' (destination wrap around)
print(pcall(table.move, { 1 }, -1, math.maxinteger, 2)) --> false	bad argument #3 to 'table.move' (too many elements to move)
print(table.unpack({ 1, 2, 3 })) --> 1	2	3
print(table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2 }, 2, 4)) --> 2	2	nil	nil
print(select("#", table.unpack({}, 1, 250)), select("#", table.unpack({}, 1, 0))) --> 250	0
print(pcall(table.unpack, {}, 1, 1e8)) --> false	too many results to unpack
print(table.unpack({ 1, 2 }, math.maxinteger, math.maxinteger), (table.unpack({ "a", "b" }))) --> nil	a
local p = table.pack()
print(p.n, #p, table.pack(nil).n, table.pack(1, nil, 3).n) --> 0	0	1	3
