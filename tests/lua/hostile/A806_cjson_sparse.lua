--- expect: ok
-- Tables that are sparse, cyclic, of wrong keys, or that hold what is no value of the format.
local cjson = require "cjson"
local function refused(t) assert(not pcall(cjson.encode, t)) end
refused { [{}] = 1 }
refused { print }
refused { 0 / 0 }
refused { 1 / 0 }
refused { coroutine.create(print) }
refused { [true] = 1 }
local cycle = {} cycle.cycle = cycle
refused(cycle)
refused(setmetatable({}, { __index = cycle, __len = error })[1] or cycle)
print(cjson.encode { 1, 2, { a = "\0\1\127\"\\/" } }) --> [1,2,{"a":"\u0000\u0001\u007f\"\\\/"}]
for _, edge in ipairs { math.maxinteger, math.mininteger, -1, 0, 1 << 31, 1.5 } do
  pcall(cjson.encode_max_depth, edge) pcall(cjson.decode_max_depth, edge) pcall(cjson.encode_number_precision, edge) pcall(cjson.encode_sparse_array, true, edge, edge)
  pcall(cjson.encode, { [5] = 1 })
end
