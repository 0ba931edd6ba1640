--- rocks: lua_cliargs
local function parser()
  local cli = require("cliargs.core")()
  cli:set_name "align"
  cli:argument("INPUT", "the file to read")
  cli:splat("MORE", "more files", nil, 3)
  cli:option("-o, --output=FILE", "where to write", "out.txt")
  cli:option("-k, --size=N", "length of a word", "11")
  cli:flag("-v, --[no-]verbose", "say more", false)
  return cli
end
local function show(arguments)
  local values, problem = parser():parse(arguments)
  if not values then return print("refused", (tostring(problem):gsub("\n.*", ""))) end
  print(values.INPUT, type(values.MORE) == "table" and table.concat(values.MORE, ",") or values.MORE,
    values.o, values.output, values.k, values.verbose)
end
show { "reads.fa" }
show { "reads.fa", "-o", "x.txt", "--size=7", "-v", "a", "b" }
show { "--no-verbose", "reads.fa" }
show {}
show { "reads.fa", "--unknown" }
show { "a", "b", "c", "d", "e" }
print((parser():print_help(true) or ""):match "Usage:[^\n]*")
