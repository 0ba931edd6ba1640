--- expect: ok
-- Locals to be closed that are false, nil, or lose their metatable before the end.
do local a <close> = nil local b <close> = false end
local object = setmetatable({}, { __close = function() end })
local ok, message = pcall(function() local c <close> = object setmetatable(object, nil) end)
print(ok, message) --> false	A710_const_close_nil.lua:5: attempt to call a nil value (metamethod 'close')
print(pcall(function() local c <close> = setmetatable({}, { __close = 5 }) end)) --> false	A710_const_close_nil.lua:7: attempt to call a number value (metamethod 'close')
local order = {}
local function guard(n) return setmetatable({}, { __close = function() order[#order + 1] = n end }) end
pcall(function() for i in function(_, i) return (i or 0) < 3 and (i or 0) + 1 or nil end, nil, nil, guard "loop" do local x <close> = guard(i) if i == 2 then error "out" end end end)
print(table.concat(order, " ")) --> 1 2 loop
