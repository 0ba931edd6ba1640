--- rocks: busted
-- The program itself, as its rock installs it, on a real specification with one test that passes and one that fails.
local program = ...
arg = { [0] = program, "-o", "TAP", "arithmetic_spec.lua" }
local real_exit = os.exit
os.exit = function(code) error { exit = code } end
local ok, problem = pcall(assert(loadfile(program)))
os.exit = real_exit
print("ended", ok, type(problem) == "table" and problem.exit or problem)
