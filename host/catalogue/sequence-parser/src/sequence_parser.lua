-- Everything of the package under one name; doc/sequence_parser.md says what each function does.
local sequence_parser = { text = require("sequence_parser.source").text }

for _, part in ipairs { "fasta", "fastq", "genbank", "location", "writer" } do
  for name, value in pairs(require("sequence_parser." .. part)) do sequence_parser[name] = value end
end

return sequence_parser
