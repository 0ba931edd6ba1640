--- expect: ok
-- What cjson makes of values; the same as the original's on the reference interpreter.
local cjson = require "cjson"
local function encoded(...) print((select(2, pcall(cjson.encode, ...)))) end
for _, value in ipairs {
  1, 1.5, 1e300, -0.0, 0.1, 1 / 3, 2 ^ 53, -17, true, false, cjson.null, "", "text", {}, { {} }, { 1, 2, 3 }, { { { "deep" } } },
  "a\"b\\c/d\b\f\n\r\t\1\31\127\xe9\0", { a = 1 }, { [1.5] = 1 }, { [0] = 1 }, { [-1] = 1 }, { ["1"] = 1 }, { [2] = 2 },
  { [1] = 1, [3] = 3 }, { [1] = 1, [10] = 1 }, { [10] = 1 }, { [1] = cjson.null }, { a = { b = { 1, { c = "d" } } } },
  { ["a\"\n"] = 1 },
  -- what cannot be
  { [11] = 1 }, { [20] = 1 }, { [true] = 1 }, { [print] = 1 }, print, io.stdout, coroutine.create(print), { f = print },
  { [{}] = 1 }, 0 / 0, 1 / 0, -1 / 0, { 0 / 0 },
} do encoded(value) end
encoded(nil)
encoded()
encoded(1, 2)
local cycle = {}
cycle.t = cycle
encoded(cycle)
local function nested(depth)
  local outer = {}
  local inner = outer
  for _ = 2, depth do
    inner[1] = {}
    inner = inner[1]
  end
  return outer
end
print(#cjson.encode(nested(1000)), (cjson.encode(nested(1000)):find "{}"))
encoded(nested(1001))
-- metamethods are not asked
encoded(setmetatable({}, { __index = function() return 1 end, __len = function() return 3 end, __pairs = error }))
-- a long text, in pieces that are not aligned with anything
local long = {}
for i = 1, 2000 do long[i] = ("%d\n%s"):format(i, ("é"):rep(i % 7)) end
local text = cjson.encode(long)
local back = cjson.decode(text)
print(#text, #back, back[1234] == long[1234], cjson.encode(back) == text)
