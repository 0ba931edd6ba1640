--- expect: ok
-- __eq, __lt and __le: when they are asked, and that their result becomes a boolean.
local calls = 0
local mt = {
  __eq = function(a, b) calls = calls + 1; return a.v == b.v and "yes" end,
  __lt = function(a, b) return (a.v or a) < (b.v or b) and 1 end,
  __le = function(a, b) return (a.v or a) <= (b.v or b) and 1 end,
}
local function new(v) return setmetatable({ v = v }, mt) end
local a, b, c = new(1), new(1), new(2)
print(a == b, a == c, a ~= b, calls) --> true	false	false	3
print(a == a, rawequal(a, b), a == 1, calls) --> true	false	false	3
print(a < c, c < a, a <= b, a > c, a >= b) --> true	false	true	false	true
local word = setmetatable({}, { __lt = function(x, y) return type(x) == "table" end,
                                __le = function(x, y) return type(x) ~= "table" end })
print(word < 5, 5 < word, word <= 5, 5 <= word, word > 5) --> true	false	false	true	false
local other = setmetatable({ v = 9 }, { __eq = function() return true end })
print(a == other, other == a, setmetatable({}, {}) == a) --> false	true	false
table.sort({ c, a, b })
local list = { new(3), new(1), new(2) }
table.sort(list)
print(list[1].v, list[2].v, list[3].v) --> 1	2	3
