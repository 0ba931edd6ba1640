--- rocks: argparse
local argparse = require "argparse"
local parser = argparse("align", "Aligns sequences.")
parser:argument("input", "Input file."):args(2)
parser:option("-o --output", "Output file."):default "out.txt"
parser:option("-k --size"):convert(tonumber):argname "<n>"
parser:flag("-v --verbose"):count "*"
local command = parser:command "count"
command:option("--by"):choices { "base", "codon" }
print(parser:get_usage())
print(parser:get_help())
local function show(...)
  local ok, result = parser:pparse { ... }
  if not ok then return print("refused", result) end
  print(table.concat(result.input, ","), result.output, result.size, result.verbose, result.by)
end
show("a.fa", "b.fa", "count", "--by", "codon")
show("a.fa", "b.fa", "-vv", "--size", "3", "-o", "x", "count")
show("a.fa", "b.fa", "--size", "three", "count")
show("a.fa", "b.fa", "count", "--by", "none")
show()
