--- expect: memory
-- Suspended coroutines fill the memory, are dropped, and leave it usable.
local list = {}
print(pcall(function()
  while true do
    local co = coroutine.wrap(function(...) local a, b, c = ...; coroutine.yield(); return a, b, c end)
    co(1, 2, 3)
    list[#list + 1] = co
  end
end)) --> false	not enough memory
print(#list > 1000) --> true
list = nil
collectgarbage()
print(#("x"):rep(1 << 20)) --> 1048576
