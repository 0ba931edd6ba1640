--- expect: ok
--- memory: 16MiB
-- A hook that allocates at every line: the error comes out of the hook, and ends the coroutine that it is set for.
local kept = {}
local co = coroutine.create(function()
  while true do
    local _ = 1
  end
end)
debug.sethook(co, function() kept[#kept + 1] = ("x"):rep(100000) .. #kept end, "l")
print(coroutine.resume(co)) --> false	not enough memory
kept = nil
collectgarbage()
print(coroutine.status(co), debug.gethook()) --> dead	nil
