--- rocks: luacheck
local luacheck = require "luacheck"
local report = luacheck.check_strings({
  "local unused = 1\nprint(undefined_name)\nlocal function f(a) return a end\n",
  "return 1",
  "local = 3",
}, { std = "lua54" })
print(report.warnings, report.errors, report.fatals)
for _, file in ipairs(report) do
  for _, warning in ipairs(file) do
    print(warning.code, warning.line, warning.column, luacheck.get_message(warning))
  end
end
local other = luacheck.check_strings({ "x = 1; y = x" }, { globals = { "x" } })
for _, warning in ipairs(other[1]) do print(warning.code, warning.name) end
print(luacheck._VERSION)
