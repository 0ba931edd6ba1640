-- Everything of the package under one name; doc/genome_tools.md says what each function does.
local genome_tools = {}

for _, part in ipairs { "code", "codons", "intervals", "orf", "restriction" } do
  for name, value in pairs(require("genome_tools." .. part)) do genome_tools[name] = value end
end

return genome_tools
