--- expect: ok
--- memory: 32MiB
-- A function that calls itself with eight more arguments each time; and calls with very many.
local function wide(...) return (wide(1, 2, 3, 4, 5, 6, 7, 8, ...)) end
print(pcall(wide)) --> false	not enough memory
print(pcall(select, "#", table.unpack({}, 1, 300000))) --> true	300000
print(pcall(string.char, table.unpack({}, 1, 300000))) --> false	bad argument #1 to 'string.char' (number expected, got nil)
print(pcall(math.max, table.unpack(setmetatable({}, { __index = function(_, k) return k end }), 1, 200000))) --> true	200000
