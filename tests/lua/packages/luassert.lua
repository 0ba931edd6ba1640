--- rocks: luassert
local assert = require "luassert"
local spy, stub, mock, match = require "luassert.spy", require "luassert.stub", require "luassert.mock", require "luassert.match"
local function says(f, ...)
  local ok, message = pcall(f, ...)
  print(ok, (tostring(message):gsub("0x%x+", "ADDRESS"):gsub("^[^:]+:%d+: ", "")))
end
assert.are.equal(1, 1)
assert.are.same({ a = { 1, 2 } }, { a = { 1, 2 } })
assert.is_not.truthy(nil)
says(assert.are.equal, 1, 2)
says(assert.are.same, { 1, { 2 } }, { 1, { 3 } })
says(assert.has_error, function() end)
says(assert.has_error, function() error "x" end, "y")
assert.has_error(function() error { code = 1 } end, { code = 1 })
local s = spy.new(function(a, b) return a + b end)
print(s(1, 2), s(3, 4))
assert.spy(s).was.called(2)
assert.spy(s).was_called_with(1, match.is_number())
says(function() assert.spy(s).was_called_with(9, 9) end)
local t = { f = function() return "real" end }
local st = stub(t, "f").returns "stubbed"
print(t.f(), #st.calls)
st:revert()
print(t.f())
local m = mock { a = function() return 1 end }
m.a()
assert.spy(m.a).was.called(1)
assert:register("assertion", "shorter_than", function(_, arguments) return #arguments[1] < arguments[2] end)
print(pcall(assert.is_shorter_than, "abc", 4))
print((pcall(assert.is_shorter_than, "abc", 3)))
assert:set_parameter("TableFormatLevel", 1)
says(assert.are.same, { { { 1 } } }, {})
