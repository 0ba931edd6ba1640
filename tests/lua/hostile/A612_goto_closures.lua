--- expect: ok
-- A goto back makes fresh locals: closures of each turn keep their own, and __close runs for each.
local made, closed = {}, 0
do
  local i = 0
  ::again::
  local fresh = i
  local guard <close> = setmetatable({}, { __close = function() closed = closed + fresh end })
  made[#made + 1] = function() fresh = fresh + 100 return fresh end
  i = i + 1
  if i < 1000 then goto again end
end
print(#made, made[1](), made[1](), made[1000](), made[1000]()) --> 1000	100	200	1099	1199
print(closed) --> 499500
