--- expect: ok
--- memory: 16MiB
-- Deep recursion whose every level keeps a text: memory ends first; then the stack is small again.
local function deep(n) local s = ("x"):rep(1000) .. n return deep(n + 1) .. s end
print(pcall(deep, 1)) --> false	not enough memory
collectgarbage()
collectgarbage()
print(collectgarbage "count" < 4096) --> true
