--- expect: ok
-- Every construct that nests is refused beyond two hundred levels, and works at forty.
local shapes = {
  { "return ", "(", "1", ")" }, { "return ", "{", "1", "}" }, { "", "do ", "", " end" }, { "", "if x then ", "", " end" },
  { "", "while x do ", "", " end" }, { "", "repeat ", "", " until x" }, { "", "for i = 1, 0 do ", "", " end" },
  { "", "for k in f do ", "", " end" }, { "", "function f() ", "", " end" }, { "return ", "function() return ", "1", " end" },
  { "return ", "f(", "1", ")" }, { "return ", "t[", "1", "]" }, { "return ", "- ", "x", "" }, { "return ", "not ", "x", "" },
  { "return ", "#", "x", "" }, { "return ", "~", "x", "" }, { "return ", "x ..", "x", "" }, { "return ", "x ^", "x", "" },
  { "return ", "{ x = ", "1", "}" }, { "return ", "{ [", "1", "] = 1 }" },
}
for i, shape in ipairs(shapes) do
  local function nested(n) return load(shape[1] .. shape[2]:rep(n) .. shape[3] .. shape[4]:rep(n), "=nested") end
  assert(nested(40), i)
  for _, n in ipairs { 250, 100000 } do
    local f, message = nested(n)
    assert(f == nil and (message:match "overflow" or message:match "too many" or message:match "limit"), i)
  end
end
print "all refused" --> all refused
