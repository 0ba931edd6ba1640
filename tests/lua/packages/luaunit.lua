--- rocks: luaunit
-- What it prints of today and of the time that passed is the same in every run.
os.date, os.clock = function() return "today" end, function() return 0 end
local lu = require "luaunit"
TestArithmetic = {}
function TestArithmetic:testAdds() lu.assertEquals(2 + 2, 4) end
function TestArithmetic:testIsSaidToAdd() lu.assertEquals(2 + 2, 5) end
function TestArithmetic:testTables() lu.assertItemsEquals({ 1, 2 }, { 2, 1 }) end
function TestArithmetic:testSkips() lu.skip "not today" end
function TestArithmetic:testErrors() lu.assertErrorMsgContains("boom", error, "a boom") end
local runner = lu.LuaUnit.new()
runner:setOutputType "tap"
local failures = runner:runSuite()
print("failures", failures, lu.VERSION)
