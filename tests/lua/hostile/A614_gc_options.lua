--- expect: ok
-- collectgarbage with every option, at the edges, inside finalizers and coroutines.
local lo, hi = math.mininteger, math.maxinteger
local edges = { lo, hi, -1, 0, 1, 100, 1000, 1 << 31, 1 << 32 }
for _, option in ipairs { "step", "setpause", "setstepmul", "incremental", "generational", "count", "isrunning", "stop", "restart", "collect" } do
  for _, value in ipairs(edges) do
    pcall(collectgarbage, option, value)
    pcall(collectgarbage, option, value, value, value)
    local t = {}
    for i = 1, 100 do t[i] = { i } end
    assert(#t == 100 and t[100][1] == 100)
  end
end
collectgarbage "restart"
collectgarbage("incremental", 200, 100, 13)
print(pcall(collectgarbage, "nothing")) --> false	bad argument #1 to 'collectgarbage' (invalid option 'nothing')
local inside
setmetatable({}, { __gc = function() inside = { collectgarbage(), collectgarbage "count", collectgarbage "step" } end })
collectgarbage()
collectgarbage()
print(inside ~= nil, collectgarbage "isrunning", collectgarbage "count" < 4096) --> true	true	true
