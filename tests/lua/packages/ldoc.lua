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
  if not ok and type(problem) ~= "table" then print(problem) end
  print("ended", ok or problem.exit or "by os.exit")
end
ends("--dump", "shapes.lua")
-- Its own style would be written to the system's folder for temporary files.
require("pl.dir").makepath "style"
for _, name in ipairs { "ldoc.css", "ldoc.ltp" } do
  require("pl.file").write("style/" .. name, require("ldoc.html." .. name:gsub("%.", "_")))
end
ends("-q", "-d", "pages", "-s", "style", "-l", "style", "shapes.lua")
os.exit = real_exit
local page = assert(io.open "pages/index.html"):read "a"
print(page:match "<title>(.-)</title>", page:match "<strong>square(.-)</strong>", select(2, page:gsub("circle", "")))
