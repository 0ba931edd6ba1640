--- expect: ok
-- table.move over the edges of the integers, onto itself, in both directions.
local lo, hi = math.mininteger, math.maxinteger
local function try(...) return select(2, pcall(table.move, ...)) end
print(try({}, lo, hi, 1)) --> bad argument #3 to 'table.move' (too many elements to move)
print(try({}, 1, hi, 2)) --> bad argument #4 to 'table.move' (destination wrap around)
print(try({}, -1, hi, 2)) --> bad argument #3 to 'table.move' (too many elements to move)
print(try({}, 0, hi, 2)) --> bad argument #3 to 'table.move' (too many elements to move)
local t = { [hi] = "last", [hi - 1] = "before" }
print(try(t, hi - 1, hi, lo)[lo], t[lo + 1], try({ [lo] = 1 }, lo, lo, hi)[hi]) --> before	last	1
print(table.concat(try({ 1, 2, 3, 4, 5 }, 1, 4, 2), ","), table.concat(try({ 1, 2, 3, 4, 5 }, 2, 5, 1), ",")) --> 1,1,2,3,4	2,3,4,5,5
print(next(try({}, hi, lo, 1)), try({}, 1, 0, lo) ~= nil) --> nil	true
