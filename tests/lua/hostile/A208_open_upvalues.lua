--- expect: ok
--- memory: 16MiB
-- Coroutines that are never ended, each with open upvalues on its stack.
local kept = {}
local ok, message = pcall(function()
  while true do
    local co = coroutine.create(function()
      local a, b = {}, {}
      local function use() a, b = b, a return use end
      coroutine.yield(use)
    end)
    coroutine.resume(co)
    kept[#kept + 1] = co
  end
end)
assert(#kept > 1000)
for i = 1, #kept do assert(coroutine.status(kept[i]) ~= "running") end
kept = nil
collectgarbage()
print(ok, message, collectgarbage "count" < 2048) --> false	not enough memory	true
