--- rocks: ldoc
-- The program itself, as its rock installs it: text on the terminal, then pages.
local program = ...
local function run(...)
  arg = { [0] = program, ... }
  return assert(loadfile(program))(...)
end
local real_exit = os.exit
os.exit = function(code) error { exit = code } end
local function ends(...)
  local ok, problem = pcall(run, ...)
  print("ended", ok or (type(problem) == "table" and problem.exit or "by os.exit"))
end
ends("--dump", "shapes.lua")
ends("-q", "-d", "pages", "shapes.lua")
os.exit = real_exit
local page = assert(io.open "pages/index.html"):read "a"
print(page:match "<title>(.-)</title>", page:match "<strong>square(.-)</strong>", select(2, page:gsub("circle", "")))
